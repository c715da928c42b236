/** What the rows of an answer say of records: records as they are, entries of a log, or little more than ids. */
import { readPath } from '../template/path.ts';
import { compileFilter } from '../where/evaluate.ts';
import { readInstant } from '../where/instant.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { fetchRecords, nativeOf } from './fetch-records.ts';
import { note, type PollReport } from './poll-report.ts';
import { type Reading, readDeleted, readId, readRecord } from './reading.ts';

/** How much time a row may lack. */
export interface RowTimes {
  /** The time of a row that has none; absent where such a row is a failure. */
  readonly fallbackMs?: number;
}

/** A row that only names its record. */
interface Named {
  readonly recordId: string;
  /** What a log says happened to it. */
  readonly told?: 'created' | 'updated';
}

/**
 * Reads rows in their order. Records that rows only name are read from the vendor, each once; one that is gone by then is
 * passed over, for its delete has a row of its own.
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
  const seen = rows.flatMap((row) => readRow(row, isDeleted(row), { source, report, times }) ?? []);
  const named = seen.filter((one) => isNamed(one)).map(({ recordId }) => recordId);
  const fetched = named.length === 0 ? null : await fetchRecords(named, source, ports);
  return seen.flatMap((one) => {
    if (!isNamed(one)) return [one];
    const native = nativeOf(fetched?.get(one.recordId));
    if (native === null) note(report, 'not-found');
    const told = one.told !== undefined && { told: one.told };
    return native === null ? [] : [{ ...readRecord(native, source.object), ...told }];
  });
}

function isNamed(one: Reading | Named): one is Named {
  return !('version' in one);
}

interface RowContext {
  readonly source: FeedSource;
  readonly report: PollReport;
  readonly times: RowTimes;
}

/** null for a row that tells nothing. */
function readRow(row: unknown, isDeleted: boolean, context: RowContext): Reading | Named | null {
  const { source, times } = context;
  const { object, detection } = source;
  const { entry, timeField, deletedId, thin } = detection;
  if (entry !== null) return readEntry(row, context);
  if (isDeleted) {
    const place = { id: deletedId ?? object.id, timeField, object: object.name };
    return readDeleted(row, place, times.fallbackMs);
  }
  if (thin) return { recordId: readId(row, object.id, object.name) };
  return readRecord(row, object, timeField);
}

/** Which rows tell of a delete: all of a feed of deletes, else those that the connector says. */
export function deletedFilter({ feed, detection }: FeedSource, nowMs: number): (row: unknown) => boolean {
  const { deletedWhen, entry } = detection;
  if (deletedWhen !== null) return compileFilter(deletedWhen.normal, deletedWhen.fields)({ parameters: {}, nowMs });
  return () => feed === 'deletes' && entry === null;
}

function readEntry(row: unknown, { source, report, times }: RowContext): Reading | Named | null {
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
  if (entry.record !== null) return { ...readRecord(readPath(row, entry.record), object), told: action };
  return { recordId: readId(row, entry.objectId, object.name), told: action };
}

/** When a row says its record changed, epoch milliseconds; null when it does not. */
export function rowTime(row: unknown, { detection }: FeedSource): number | null {
  return readInstant(readPath(row, detection.timeField.path), detection.timeField);
}
