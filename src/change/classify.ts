/** Created, updated, deleted or nothing new: decided from the ledger. Pure. */
import type { Feed, LedgerEntry } from '../store/port.ts';
import type { Reading } from './reading.ts';

/**
 * `known`: the ledger has this version. `stale`: the ledger has a later one, so a lagging replica was read.
 */
export type Verdict = 'created' | 'updated' | 'deleted' | 'known' | 'stale';

/**
 * Decides what a reading means.
 *
 * A record that the ledger does not know was created when its created time lies in what the ledger remembers: all
 * that was reported since then is in it, so a record created since and unknown has never been reported. Comparing created with
 * updated would not do: vendors stamp them apart by up to seconds.
 */
export function classify(reading: Reading, entry: LedgerEntry | undefined, feed: Feed, knownSinceMs: number): Verdict {
  return feed === 'deletes' ? classifyDelete(reading, entry) : classifyChange(reading, entry, knownSinceMs);
}

function classifyChange(reading: Reading, entry: LedgerEntry | undefined, knownSinceMs: number): Verdict {
  if (entry === undefined) {
    return reading.createdAtMs !== null && reading.createdAtMs >= knownSinceMs ? 'created' : 'updated';
  }
  // A record that comes back after its delete is new to everyone who was told of the delete.
  if (entry.deleted) return reading.changedAtMs > entry.changedAt ? 'created' : 'stale';
  if (entry.version === reading.version) return 'known';
  return reading.changedAtMs < entry.changedAt ? 'stale' : 'updated';
}

function classifyDelete(reading: Reading, entry: LedgerEntry | undefined): Verdict {
  if (entry === undefined) return 'deleted';
  if (entry.deleted) return reading.changedAtMs > entry.changedAt ? 'deleted' : 'known';
  return reading.changedAtMs < entry.changedAt ? 'stale' : 'deleted';
}
