/**
 * What a webhook says of a record: what may be taken at its word, and what is looked up at the vendor first, because
 * whoever captured a post could send it again, later or otherwise. Pure.
 */
import type { Connector } from '../connector/connector.ts';
import type { InboxChange, LedgerEntry } from '../store/port.ts';
import { isBefore, isRead } from './classify.ts';
import type { Reading } from './reading.ts';

/** A delete that is told this late is held against the vendor: the record may be there again, and the ledger have forgotten. */
const lateMs = 300_000;

/** Whether every webhook of a connector that tells of deletes proves that it does: see `EventRule`. */
export function provesDeletes({ inbound }: Pick<Connector, 'inbound'>): boolean {
  return [...inbound.values()].every(({ events }) => events.every((rule) => rule.provesDeletes));
}

/** When the vendor says that it happened, or else when we heard of it. */
export function toldAtMs({ occurredAt, receivedAt }: InboxChange): number {
  return occurredAt ?? receivedAt;
}

export function isLate(change: InboxChange, nowMs: number): boolean {
  return nowMs - toldAtMs(change) > lateMs;
}

/**
 * Whether a record that came by webhook is surely no older than what was told before. Within one step of the vendor's time
 * two versions cannot be put in order, and of what changed before `knownSince` the ledger may have forgotten a later one.
 */
export function isSurelyLatest(reading: Reading, entry: LedgerEntry | undefined, knownSince: number): boolean {
  const { version, changedAtMs, spreadMs } = reading;
  if (!isRead(entry)) return changedAtMs >= knownSince;
  const isStale = isBefore(reading, entry);
  if (isStale || entry.deleted) return isStale;
  return version === entry.version || changedAtMs > entry.changedAt + spreadMs;
}

/**
 * When a record that is looked up and gone was deleted, where the time that was told is not proved either: not in the
 * future, and not before what was told of the record last.
 */
export function plausibleMs(change: InboxChange, entry: LedgerEntry | undefined, vendorNowMs: number): number {
  return Math.max(entry?.changedAt ?? 0, Math.min(toldAtMs(change), vendorNowMs));
}
