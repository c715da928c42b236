/**
 * How far back the ledger goes: it knows all that was told and changed since. Kept in the cursor, for a record that the
 * ledger does not know is new only if it was created within the ledger's reach. Pure.
 */
import type { FeedCursor } from '../store/port.ts';

/** Times are on the vendor's clock. */
export interface LedgerReach {
  /** What changed before this may be forgotten, and is told as updated when it is met again. */
  readonly sinceMs: number;
  /** Where the reach begins next, as soon as all that changed until an hour after `chosenAtMs` has been read. */
  readonly nextMs: number;
  /** Where it begins after that, an hour later again. */
  readonly laterMs: number;
  readonly chosenAtMs: number;
}

const hourMs = 3_600_000;

/** The reach that a cursor holds; without one, all since the start. */
export function reachOf(cursor: FeedCursor | null, startMs: number): LedgerReach {
  const kept = (cursor?.['reach'] ?? {}) as Partial<LedgerReach>;
  const { sinceMs = startMs, nextMs = sinceMs, laterMs = nextMs, chosenAtMs = sinceMs } = kept;
  return { sinceMs, nextMs, laterMs, chosenAtMs };
}

/**
 * The reach after a poll. A record that is edited while a poll goes on, or too shortly before, lies in none of the windows
 * so far, however long ago it was created: the window of that poll may be a silence of weeks. So the reach does not pass
 * the beginning of a window before all is read that changed until well after the poll of that window. And not yet then: a
 * record may be edited once more while it would be read at last, which is weeks later when nobody polls in between.
 * @param window of this poll: where it begins, and where the reach may begin when it is over.
 */
export function reachAfter(
  reach: LedgerReach,
  { sinceMs, reachMs }: { readonly sinceMs: number; readonly reachMs: number },
  vendorNowMs: number,
): LedgerReach {
  if (sinceMs <= reach.chosenAtMs + hourMs) return reach;
  return {
    sinceMs: Math.max(reach.sinceMs, reach.nextMs),
    nextMs: Math.max(reach.nextMs, reach.laterMs),
    laterMs: Math.max(reach.laterMs, reachMs),
    chosenAtMs: vendorNowMs,
  };
}
