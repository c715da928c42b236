/** What the rows of an answer say of records: records as they are, entries of a log, or little more than ids. */
import { renderRead } from '../connector/render-read.ts';
import { Failure } from '../diagnostic/failure.ts';
import { readPath } from '../template/path.ts';
import { compileFilter } from '../where/evaluate.ts';
import { readInstant } from '../where/instant.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { note, type PollReport } from './poll-report.ts';
import { type Reading, readDeleted, readId, readRecord } from './reading.ts';

/** How much time a row may lack. */
export interface RowTimes {
  /** The time of a row that has none; absent where such a row is a failure. */
  readonly fallbackMs?: number;
}

/**
 * Reads rows in their order. Records that a row only names are read one by one; one that is gone by then is passed over,
 * for its delete has a row of its own.
 * @throws Failure of a row (see `readRecord`) and of the vendor.
 */
export async function readRows(
  rows: readonly unknown[],
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
  times: RowTimes = {},
): Promise<readonly Reading[]> {
  const isDeleted = deletedFilter(source, ports.now());
  const readings: Reading[] = [];
  for (const row of rows) {
    const reading = await readRow(row, isDeleted(row), { source, ports, report, times });
    if (reading !== null) readings.push(reading);
  }
  return readings;
}

interface RowContext {
  readonly source: FeedSource;
  readonly ports: PollPorts;
  readonly report: PollReport;
  readonly times: RowTimes;
}

async function readRow(row: unknown, isDeleted: boolean, context: RowContext): Promise<Reading | null> {
  const { source, times } = context;
  const { object, detection } = source;
  const { entry, timeField, deletedId, thin } = detection;
  if (entry !== null) return readEntry(row, context);
  if (isDeleted) {
    const place = { id: deletedId ?? object.id, timeField, object: object.name };
    return readDeleted(row, place, times.fallbackMs);
  }
  if (thin) return readById(readId(row, object.id, object.name), context);
  return readRecord(row, object, timeField);
}

/** Which rows tell of a delete: all of a feed of deletes, else those that the connector says. */
export function deletedFilter({ feed, detection }: FeedSource, nowMs: number): (row: unknown) => boolean {
  const { deletedWhen, entry } = detection;
  if (deletedWhen !== null) return compileFilter(deletedWhen.normal, deletedWhen.fields)({ parameters: {}, nowMs });
  return () => feed === 'deletes' && entry === null;
}

async function readEntry(row: unknown, context: RowContext): Promise<Reading | null> {
  const { source, report, times } = context;
  const { object, detection, feed } = source;
  const { entry, timeField } = detection;
  if (entry === null) throw new Error('a row of no log');
  const word = entry.action === null ? null : readPath(row, entry.action);
  const known = entry.actions.get(String(word));
  const action = word === null ? (feed === 'deletes' ? 'deleted' : 'updated') : known;
  if (action === undefined) note(report, 'log-entry-unknown');
  if (action === undefined || action === 'ignored') return null;
  if (action === 'deleted') {
    const deleted = readDeleted(row, { id: entry.objectId, timeField, object: object.name }, times.fallbackMs);
    // An entry about a record is not the record: its own id would come out as the record's.
    return { ...deleted, native: entry.record === null ? null : (readPath(row, entry.record) ?? null) };
  }
  const recordId = readId(row, entry.objectId, object.name);
  const reading =
    entry.record === null ? await readById(recordId, context) : readRecord(readPath(row, entry.record), object);
  return reading && { ...reading, told: action };
}

/** The record of this id as it is now; null when it is gone. */
export async function readById(
  recordId: string,
  { source, ports, report }: Pick<RowContext, 'source' | 'ports' | 'report'>,
): Promise<Reading | null> {
  const native = await fetchRecord(recordId, source, ports);
  if (native !== null) return readRecord(native, source.object);
  note(report, 'not-found');
  return null;
}

/**
 * Reads one record from the vendor. null when the vendor has none of this id.
 * @throws Failure `record-id-refused`: taking it for gone would tell a delete that nobody saw; and of the vendor.
 */
export async function fetchRecord(
  recordId: string,
  { object, settings, parent }: Pick<FeedSource, 'object' | 'settings' | 'parent'>,
  { client, signal }: Pick<PollPorts, 'client' | 'signal'>,
): Promise<unknown> {
  if (object.read === null) throw new Error(`${object.name} has no read`);
  const request = renderRead(object.read, recordId, { settings, parent });
  if (request === null) throw idRefused(object.name);
  try {
    const answer = await client.send(request, signal);
    const found = readPath(answer.body, object.read.record);
    return (Array.isArray(found) ? found[0] : found) ?? null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return null;
    throw error;
  }
}

/** The id itself is not shown: it is hostile, or of a shape that the connector did not foresee. */
function idRefused(object: string): Failure {
  return new Failure('record-id-refused', `A record of ${object} has an id that must not go into a request.`, {
    retryable: false,
    help: 'If such ids are right, widen "idPattern" of the object’s read in the connector.',
    detail: { object },
  });
}

/** When a row says its record changed, epoch milliseconds; null when it does not. */
export function rowTime(row: unknown, { detection }: FeedSource): number | null {
  return readInstant(readPath(row, detection.timeField.path), detection.timeField);
}
