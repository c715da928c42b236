/** The one shape of all strategies: where to look, batch by batch, and how far the cursor may move. */
import type { FeedSource, PollPorts } from '../feed.ts';
import type { PollReport } from '../poll-report.ts';
import type { Reading } from '../reading.ts';

/** Records of one page, read and known to lie inside what was asked for. */
export interface Batch {
  readonly readings: readonly Reading[];
  /** The ledger knows all that was reported since: a record unknown to it and created since was created, not updated. */
  readonly knownSinceMs: number;
  /** Present when every change up to it has been handed over with this batch or before. */
  readonly cursor?: { readonly cursorMs: number; readonly startMs: number; readonly forgetBeforeMs: number };
}

/**
 * Walks what has changed since the cursor. Batches come in the order in which they must be stored; a consumer that
 * stops half-way (a crash, a failure) has moved no cursor past what it stored.
 * @throws Failure of the vendor, of a page or of a record.
 */
export type Strategy = (source: FeedSource, ports: PollPorts, report: PollReport) => AsyncGenerator<Batch>;
