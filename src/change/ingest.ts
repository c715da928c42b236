/** Changes that the vendor told by webhook: read as a poll would read them, and judged by the same ledger. */
import { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { InboxChange } from '../store/port.ts';
import { type FeedSource, type PollPorts, vendorStart } from './feed.ts';
import { judgeOf } from './poll.ts';
import { note, type PollReport } from './poll-report.ts';
import { deletedReading, type Reading, readRecord } from './reading.ts';
import { readById } from './rows.ts';
import { settle } from './settle.ts';
import type { Batch } from './strategy/strategy.ts';
import { timeFrame } from './time-frame.ts';

export interface Ingested {
  readonly events: readonly AnyhookEvent[];
  /** Something was told that only a poll can find out more about. */
  readonly needsPoll: boolean;
}

/** A delete that is told this late is held against the vendor: the record may be there again, and the ledger have forgotten. */
const lateMs = 300_000;

/**
 * Stores what the changes, in the order in which they came, mean for an object. The caller holds its polls. Done twice,
 * it stores nothing more.
 * @throws Failure of the vendor; nothing is stored then.
 */
export async function ingest(
  changes: readonly InboxChange[],
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
): Promise<Ingested> {
  const readings: Reading[] = [];
  const isRead = new Set<string>();
  let needsPoll = false;
  for (const change of changes) {
    const isThin = change.change !== 'deleted' && change.record === null;
    // It is read as it is now, whatever happened to it before.
    if (isThin && isRead.has(change.recordId)) continue;
    if (isThin) isRead.add(change.recordId);
    const reading = await readChange(change, source, ports, report);
    if (reading === 'unreadable') needsPoll = true;
    else if (reading !== null) readings.push(reading);
  }
  if (readings.length === 0) return { events: [], needsPoll };
  const judge = judgeOf(source, ports, { origin: 'webhook' });
  const events = await settle({ readings, ...groundsOf(source, ports) }, judge, ports, report);
  return { events, needsPoll };
}

/** null when there is nothing to tell of it; `unreadable` when a poll must see to it. */
async function readChange(
  change: InboxChange,
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
): Promise<Reading | 'unreadable' | null> {
  try {
    if (change.change === 'deleted') return await readDelete(change, source, ports, report);
    if (change.record !== null) return withWord(recordOf(change, source), change);
    if (source.object.read === null || needsParent(source)) return 'unreadable';
    const reading = await readById(change.recordId, { source, ports, report });
    return reading && withWord(reading, change);
  } catch (error) {
    if (!(error instanceof Failure) || !isOfRecord(error)) throw error;
    note(report, error.code);
    return 'unreadable';
  }
}

function recordOf({ record, recordId }: InboxChange, { object }: FeedSource): Reading {
  const reading = readRecord(record, object);
  if (reading.recordId === recordId) return reading;
  throw new Failure('record-without-id', `A webhook of ${object.name} brought another record than it names.`, {
    retryable: false,
    help: 'Check objectId and record of the reader in the connector.',
  });
}

async function readDelete(
  { recordId, occurredAt, receivedAt, record }: InboxChange,
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
): Promise<Reading | null> {
  const deletedAtMs = occurredAt ?? receivedAt;
  const mayBeBack = ports.now() - deletedAtMs > lateMs && source.object.read !== null && !needsParent(source);
  const found = mayBeBack ? await readById(recordId, { source, ports, report }) : null;
  return found ?? deletedReading(recordId, deletedAtMs, record);
}

/** Where the record does not say when it was created, the vendor's word does. */
function withWord(reading: Reading, { change }: InboxChange): Reading {
  return reading.createdAtMs === null && change !== 'deleted' ? { ...reading, told: change } : reading;
}

/** Nothing says whose child the record is, and without that it cannot be read. */
function needsParent({ detection }: FeedSource): boolean {
  return detection.parents !== null;
}

/** It would be the same the next time. */
function isOfRecord({ code }: Failure): boolean {
  return code === 'record-without-id' || code === 'record-time-unreadable' || code === 'record-id-refused';
}

/** What the ledger knows, as the poll of the object sees it. */
function groundsOf(source: FeedSource, ports: PollPorts): Pick<Batch, 'knownSince' | 'rememberBeforeMs'> {
  const { detection } = source;
  const startMs = vendorStart(source, ports);
  const grounds = 'cursor' in detection ? timeFrame(source, ports, detection.cursor).grounds : { knownSince: startMs };
  return { rememberBeforeMs: startMs, ...grounds };
}
