/** What one poll did; counted while it goes, so that a failure half-way still tells how far it came. */
import type { FailureCode } from '../diagnostic/failure.ts';
import type { Feed, FeedCursor } from '../store/port.ts';

export interface PollReport {
  readonly feed: Feed;
  windows: number;
  pages: number;
  /** Records the vendor sent. */
  records: number;
  created: number;
  updated: number;
  deleted: number;
  /** Records that the ledger knew in this version or a later one. */
  known: number;
  /** Records that the where, evaluated here, left out. */
  filtered: number;
  /** What was odd and did no harm, by failure code: count. */
  readonly notices: Partial<Record<FailureCode, number>>;
  /** Where the feed stands; null before the first poll ended. */
  cursor: FeedCursor | null;
}

export function emptyReport(feed: Feed, cursor: FeedCursor | null): PollReport {
  return {
    feed,
    windows: 0,
    pages: 0,
    records: 0,
    created: 0,
    updated: 0,
    deleted: 0,
    known: 0,
    filtered: 0,
    notices: {},
    cursor,
  };
}

export function note(report: PollReport, code: FailureCode): void {
  report.notices[code] = (report.notices[code] ?? 0) + 1;
}
