/** Created, updated, deleted or nothing new: decided from the ledger. Pure. */
import type { LedgerEntry } from '../store/port.ts';
import type { Reading } from './reading.ts';

/**
 * `known`: the ledger has this version. `stale`: the ledger has a later one, so a lagging replica was read.
 * `left`: it is there, and no longer among those that the instance asks for. `never`: nobody was told of it, and
 * nobody is told that it is gone.
 */
export type Verdict = 'created' | 'updated' | 'deleted' | 'left' | 'known' | 'stale' | 'never';

/** What somebody is told of. */
export type News = Exclude<Verdict, 'known' | 'stale' | 'never'>;

export interface Grounds {
  /** See `Batch`. */
  readonly knownSince: number;
  readonly isComplete?: boolean | undefined;
  /** Whether the instance's own where is true of the record; null when it cannot be told. */
  readonly matches: boolean | null;
  /** The ledger holds every record that was told of. */
  readonly whole: boolean;
  /**
   * Changes since then may be hidden from a reader that lags. What the ledger knows from before is not: a state that is read
   * now is the latest, though its time were set back, or it came back from its delete with the time of before.
   */
  readonly lagsSinceMs: number;
}

/** The version of an entry that was only met, not read: any reading of the record is news. */
export const unversioned = '';

/**
 * Decides what a reading means.
 *
 * A record that the ledger does not know was created when its created time lies in what the ledger remembers: all
 * that was reported since then is in it, so a record created since and unknown has never been reported. Comparing created with
 * updated would not do: vendors stamp them apart by up to seconds.
 */
export function classify(reading: Reading, entry: LedgerEntry | undefined, grounds: Grounds): Verdict {
  if (reading.deleted) return classifyDelete(reading, entry, grounds);
  if (grounds.matches === false) return classifyLeaving(reading, entry, grounds);
  return classifyChange(reading, entry, grounds);
}

function classifyChange(reading: Reading, entry: LedgerEntry | undefined, grounds: Grounds): Verdict {
  if (reading.version === unversioned) return entry === undefined ? 'updated' : 'known';
  if (!isRead(entry)) return classifyUnknown(reading, grounds);
  // A record that comes back after its delete is new to everyone who was told of the delete.
  if (entry.deleted) return isAfter(reading, entry) || entry.changedAt < grounds.lagsSinceMs ? 'created' : 'stale';
  if (entry.version === reading.version) return 'known';
  return isOfReaderThatLags(reading, entry, grounds) ? 'stale' : 'updated';
}

function classifyUnknown({ createdAtMs, told }: Reading, { knownSince, isComplete = false }: Grounds): News {
  // The word of a log is of one entry: the one that told of the create may have led to nothing.
  if (createdAtMs !== null && createdAtMs >= knownSince) return 'created';
  return told ?? (createdAtMs === null && isComplete ? 'created' : 'updated');
}

/** A second delete says nothing new: whoever heard of the first knows that the record is gone. */
function classifyDelete(reading: Reading, entry: LedgerEntry | undefined, { matches, whole }: Grounds): Verdict {
  if (entry === undefined) return matches === false || (matches === null && whole) ? 'never' : 'deleted';
  if (entry.deleted) return 'known';
  return isBefore(reading, entry) ? 'stale' : 'deleted';
}

function classifyLeaving(reading: Reading, entry: LedgerEntry | undefined, grounds: Grounds): Verdict {
  if (entry === undefined || entry.deleted) return 'never';
  return isOfReaderThatLags(reading, entry, grounds) ? 'stale' : 'left';
}

function isOfReaderThatLags(reading: Reading, entry: LedgerEntry, { lagsSinceMs }: Grounds): boolean {
  return isBefore(reading, entry) && entry.changedAt >= lagsSinceMs;
}

/** The ledger knows a version of the record, or its end: it has not only met it. */
export function isRead(entry: LedgerEntry | undefined): entry is LedgerEntry {
  return entry !== undefined && (entry.version !== unversioned || entry.deleted);
}

/** Surely before: times that may be an hour later than they read decide nothing within that hour. */
export function isBefore({ changedAtMs, spreadMs }: Reading, { changedAt }: LedgerEntry): boolean {
  return changedAtMs + spreadMs < changedAt;
}

/** Whether it comes back from its delete with a time of before. */
export function isBackAsBefore(reading: Reading, entry: LedgerEntry | undefined): entry is LedgerEntry {
  return entry?.deleted === true && !isAfter(reading, entry);
}

function isAfter({ changedAtMs, spreadMs }: Reading, { changedAt }: LedgerEntry): boolean {
  return changedAtMs + spreadMs > changedAt;
}
