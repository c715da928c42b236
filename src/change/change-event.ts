/** The event of one change, its record mapped. */

import { Failure } from '../diagnostic/failure.ts';
import { buildEvent } from '../event/build.ts';
import type { Origin, UnsequencedEvent } from '../event/event.ts';
import type { LedgerEntry } from '../store/port.ts';
import { isBackAsBefore, isRead, type News } from './classify.ts';
import type { FeedSource } from './feed.ts';
import { note, type Tally } from './poll-report.ts';
import { isTombstone, type Reading } from './reading.ts';
import { changesBetween } from './record-changes.ts';

type NormalRecord = Record<string, unknown>;

/** How the change came to be known. */
export interface Told {
  readonly origin: Origin;
}

export interface EventContext {
  readonly source: FeedSource;
  readonly nowMs: number;
  readonly report: Tally;
  readonly told: Told;
  /**
   * What tells this finding of a state as it is now from all others; null where what is told may be long over, and is
   * told again.
   */
  readonly finding: string | null;
}

/** @param before what the ledger knew of the record. */
export async function changeEvent(
  reading: Reading,
  verdict: News,
  before: LedgerEntry | undefined,
  context: EventContext,
): Promise<UnsequencedEvent> {
  const { source, nowMs, report, told } = context;
  const isBare = reading.native === null || isTombstone(reading, source.object);
  const record = isBare ? null : await normalise(reading.native, source, report, reading.deleted);
  const previous =
    before?.native === undefined || before.deleted ? null : await normalise(before.native, source, report);
  const left = verdict === 'left';
  return buildEvent({
    connector: source.connector.key,
    instance: source.instance,
    object: source.object.name,
    objectId: reading.recordId,
    version: eventVersion(reading, verdict, before, context),
    change: left ? 'deleted' : verdict,
    ...(left && { reason: 'left-filter' as const }),
    origin: told.origin,
    occurredAt: new Date(reading.changedAtMs).toISOString(),
    detectedAt: new Date(nowMs).toISOString(),
    ...changesBetween(previous, verdict === 'deleted' ? null : record),
    record,
    native: reading.native,
  });
}

/**
 * Leaving, and coming back with the time of before, are events of their own, of a version that may have been told of. So is
 * a change that moved no time, or set it back: to and fro within one step of the vendor's time, the record is as it was told
 * at first. Such an event is known by its finding, as nothing else tells it from the one before.
 */
function eventVersion(
  reading: Reading,
  verdict: News,
  before: LedgerEntry | undefined,
  { finding }: EventContext,
): string {
  const { version, changedAtMs } = reading;
  if (verdict === 'created') return isBackAsBefore(reading, before) ? `back@${before.changedAt}@${version}` : version;
  const mayBeAgain = verdict !== 'deleted' && isRead(before) && changedAtMs <= before.changedAt;
  const found = mayBeAgain && finding !== null ? `again@${finding}@${version}` : version;
  return verdict === 'left' ? `left@${found}` : found;
}

/** The common resource, or null when the mapping fails on this record: the change itself must not be lost for that. */
async function normalise(
  native: unknown,
  { object, settings }: FeedSource,
  report: Tally,
  isDeleted = false,
): Promise<NormalRecord | null> {
  try {
    return await object.mapping.apply(native, { settings, object: object.name, isDeleted });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note(report, error.code);
    return null;
  }
}
