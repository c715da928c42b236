/** Records whose times cannot be believed: they hold the cursor, for what they stand for would be passed over with it. */
import { Failure } from '../diagnostic/failure.ts';
import type { FeedSource } from './feed.ts';
import type { PollReport } from './poll-report.ts';

/**
 * The failure that what a poll has met so far is; null while the times can be believed.
 *
 * A record of the future is one of another zone, or it is wrong: read now it lies outside every window, and when its time
 * has come the vendor may no longer list it. So may records that all lie before the window that the vendor was asked for:
 * one that is merely deaf to its filter lists those within it too.
 */
export function doubtOf({ object, detection }: FeedSource, report: PollReport): Failure | null {
  const { notices } = report;
  const field = detection.timeField.name;
  if (notices['record-time-future'] !== undefined) {
    return new Failure('record-time-future', `${object.name} has records whose ${field} lies in the future.`, {
      retryable: true,
      help: `If they are all of another zone, state "zone" of fields.${field}; if one is wrong, mend it at the vendor.`,
      detail: { object: object.name, field, records: notices['record-time-future'] },
    });
  }
  const met = report.created + report.updated + report.deleted + report.known;
  if (notices['vendor-filter-ignored'] === undefined || met > 0) return null;
  const message = `Every record of ${object.name} that came has a ${field} outside the time that was asked for.`;
  return new Failure('vendor-filter-ignored', message, {
    retryable: true,
    help: `If the vendor writes another zone, state "zone" of fields.${field}; if it takes no filter, set pushdown to false.`,
    detail: { object: object.name, field, records: notices['vendor-filter-ignored'] },
  });
}
