/** Deletes that a log tells of, held against what is there: it goes on telling of records that were brought back. */
import { isBefore } from './classify.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { type Fetched, fetchRecords, nativeOf } from './fetch-records.ts';
import { type Reading, readId } from './reading.ts';

/**
 * The readings without the deletes of records that are there again. Only what would be news is looked up: a delete that was
 * told, or is older than what was, is none.
 * @throws Failure of the vendor, and of a record that cannot be read.
 */
export async function stillGone(
  readings: readonly Reading[],
  source: FeedSource,
  ports: PollPorts,
): Promise<readonly Reading[]> {
  const known = await ports.state.ledger(readings.map(({ recordId }) => recordId));
  const isNews = (reading: Reading): boolean => {
    const entry = known.get(reading.recordId);
    return reading.deleted && (entry === undefined || (!entry.deleted && !isBefore(reading, entry)));
  };
  const news = readings.filter(isNews).map(({ recordId }) => recordId);
  if (news.length === 0) return readings;
  const found = await fetchRecords(news, source, ports);
  return readings.filter((reading) => !isNews(reading) || isGone(found.get(reading.recordId), source));
}

/** @throws Failure `record-without-id`: an answer without a record must pass for none, for the log tells of it only once. */
function isGone(found: Fetched | undefined, { object }: FeedSource): boolean {
  const native = nativeOf(found);
  if (native !== null) readId(native, object.id, object.name);
  return native === null;
}
