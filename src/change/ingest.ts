/** Changes that the vendor told by webhook: read as a poll would read them, and judged by the same ledger. */
import type { AnyhookEvent } from '../event/event.ts';
import type { InboxChange } from '../store/port.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { judgeOf } from './poll.ts';
import type { PollReport } from './poll-report.ts';
import { settle } from './settle.ts';
import { Telling, type Waiting } from './telling.ts';

export interface Ingested {
  readonly events: readonly AnyhookEvent[];
  /** Something was told that only a poll can find out more about. */
  readonly needsPoll: boolean;
  /** Nothing was stored of these, and of all else what it means. */
  readonly waiting: readonly Waiting[];
}

/**
 * Stores what the changes, in the order in which they came, mean for an object. Each record is read once, however often it is
 * told of: as it is now, whatever happened to it before. The caller holds its polls. Done twice, it stores nothing more.
 * @throws Failure of the vendor; nothing is stored then.
 */
export async function ingest(
  changes: readonly InboxChange[],
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
): Promise<Ingested> {
  const telling = new Telling(source, ports, report, await ports.state.ledger(changes.map(({ recordId }) => recordId)));
  const heard = changes.map((change) => telling.hear(change));
  await telling.lookUp();
  const readings = heard.flatMap((one) => telling.read(one) ?? []);
  const { needsPoll, waiting } = telling;
  if (readings.length === 0) return { events: [], needsPoll, waiting };
  const judge = judgeOf(source, ports, { origin: 'webhook' });
  const events = await settle({ readings, ...telling.grounds }, judge, ports, report);
  return { events, needsPoll, waiting };
}
