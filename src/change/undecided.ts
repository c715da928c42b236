/**
 * Records that are read alive, and were told as deleted with a later time: by a reader that lags, or they came back before
 * they were found to be gone. Only later readings tell: the cursor stays where the overlap has such a record once more, and
 * once that is over, a record that is still read alive is back.
 */
import type { FeedCursor, LedgerEntry } from '../store/port.ts';
import type { Verdict } from './classify.ts';
import type { FeedSource } from './feed.ts';
import type { Reading } from './reading.ts';
import type { Batch } from './strategy/strategy.ts';

export class Undecided {
  /** The earliest change time among them, of each parent, or of all where there are none. */
  readonly #earliestMs = new Map<string | undefined, number>();

  constructor(private readonly detection: FeedSource['detection']) {}

  take(verdict: Verdict, { changedAtMs }: Reading, entry: LedgerEntry | undefined, { parent }: Batch): void {
    if (verdict !== 'stale' || entry?.deleted !== true) return;
    this.#earliestMs.set(parent, Math.min(this.#earliestMs.get(parent) ?? changedAtMs, changedAtMs));
  }

  /** The batch, its cursor no further than where the overlap still has all of them. */
  holdBack(batch: Batch): Batch {
    const earliestMs = this.#earliestMs.get(batch.parent);
    if (earliestMs === undefined || !('cursor' in this.detection)) return batch;
    const latestMs = earliestMs + this.detection.cursor.overlapSeconds * 1_000;
    const held = (cursor: FeedCursor): FeedCursor =>
      cursor.ms === undefined ? cursor : { ...cursor, ms: Math.min(cursor.ms, latestMs) };
    const { cursor, checkpoint } = batch;
    return {
      ...batch,
      ...(cursor !== undefined && { cursor: held(cursor) }),
      ...(checkpoint !== undefined && { checkpoint: { ...checkpoint, cursor: held(checkpoint.cursor) } }),
    };
  }
}
