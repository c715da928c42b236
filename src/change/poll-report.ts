/** What one poll did; counted while it goes, so that a failure half-way still tells how far it came. */
import type { FailureCode } from '../diagnostic/failure.ts';
import type { Feed, FeedCursor } from '../store/port.ts';

/** What became of records. */
export interface Tally {
  created: number;
  updated: number;
  deleted: number;
  /** Records that the ledger knew in this version or a later one. */
  known: number;
  /** Those among them that read as older than the ledger: of a reader that lags, unless they still read so later. */
  stale: number;
  /** Records that the where, evaluated here, left out. */
  filtered: number;
  /** What was odd and did no harm, by failure code: count. */
  readonly notices: Partial<Record<FailureCode, number>>;
}

export interface PollReport extends Tally {
  readonly feed: Feed;
  windows: number;
  pages: number;
  /** Records the vendor sent. */
  records: number;
  /** Where the feed stands; null before the first poll ended. */
  cursor: FeedCursor | null;
}

export function emptyReport(feed: Feed, cursor: FeedCursor | null): PollReport {
  return { feed, windows: 0, pages: 0, records: 0, ...emptyTally(), cursor };
}

export function emptyTally(): Tally {
  return { created: 0, updated: 0, deleted: 0, known: 0, stale: 0, filtered: 0, notices: {} };
}

export function addTally(report: Tally, tally: Tally): void {
  for (const name of ['created', 'updated', 'deleted', 'known', 'stale', 'filtered'] as const)
    report[name] += tally[name];
  for (const code of Object.keys(tally.notices) as FailureCode[]) note(report, code, tally.notices[code]);
}

export function note(report: Pick<Tally, 'notices'>, code: FailureCode, times = 1): void {
  report.notices[code] = (report.notices[code] ?? 0) + times;
}
