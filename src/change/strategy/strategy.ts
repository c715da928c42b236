/** The one shape of all strategies: where to look, batch by batch, and how far the cursor may move. */
import type { Detection } from '../../connector/connector.ts';
import type { FeedCursor, PollCommit } from '../../store/port.ts';
import type { FeedSource, PollPorts } from '../feed.ts';
import type { PollReport } from '../poll-report.ts';
import type { Reading } from '../reading.ts';

/** Records of one page, read and known to lie inside what was asked for. */
export interface Batch extends Pick<PollCommit, 'checkpoint' | 'seen'> {
  /** Whose readings they are, where the feed fans out. */
  readonly parent?: string;
  readonly readings: readonly Reading[];
  /**
   * The ledger knows all that was reported since: a record unknown to it and created since was created, not updated.
   */
  readonly knownSince: number;
  /** The ledger knows every record there is: an unknown one is new, where the vendor does not tell when it was created. */
  readonly isComplete?: boolean;
  /** Readings that changed before this are remembered and not told: they were there when the instance began. */
  readonly rememberBeforeMs?: number;
  /** Present when every change up to it has been handed over with this batch or before. */
  readonly cursor?: FeedCursor;
  readonly startMs?: number;
  /** Something was seen that another poll must look at, though nothing changes until then. */
  readonly isOpen?: boolean;
  /** No window will read again what changed before this. */
  readonly forgetBeforeMs?: number;
}

/**
 * Walks what has changed since the cursor. Batches come in the order in which they must be stored; a consumer that
 * stops half-way (a crash, a failure) has moved no cursor past what it stored.
 * @throws Failure of the vendor, of a page or of a record.
 */
export type Strategy<D extends Detection = Detection> = (
  source: FeedSource<D>,
  ports: PollPorts,
  report: PollReport,
) => AsyncGenerator<Batch>;
