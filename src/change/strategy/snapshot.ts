/** Snapshot: read everything and compare it with what is known, by version; what is no longer there was deleted. */
import type { SnapshotDetection } from '../../connector/connector.ts';
import { renderRequest } from '../../connector/render-request.ts';
import { readRecords } from '../../http/page/read-records.ts';
import { readPath } from '../../template/path.ts';
import { enumerate } from '../enumerate.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from '../feed.ts';
import { note } from '../poll-report.ts';
import type { Strategy } from './strategy.ts';

export const snapshot: Strategy<SnapshotDetection> = async function* (source, ports, report) {
  const { detection, feed } = source;
  const { breaker, confirm } = detection;
  if (!(await isWhole(source, ports))) {
    note(report, 'enumeration-unproved');
    return;
  }
  const { cursor } = ports.state;
  report.windows += 1;
  const before = typeof cursor?.['met'] === 'string' ? cursor['met'] : null;
  const atMs = vendorNow(ports);
  // The cursor of another strategy tells nothing of what a listing met: the connector was changed.
  const isFirst = typeof cursor?.['generation'] !== 'number';
  const onlyIds = feed === 'deletes';
  const list = () => enumerate(source, detection, ports, report, { breaker, confirm, isFirst, onlyIds, before });
  let listed = yield* list();
  // A record that the first listing let slip would be told when it is met, as if it had changed.
  for (
    let last = '', lists = 1;
    isFirst && !onlyIds && !listed.isWhole && listed.met !== last && lists < mostLists;
    lists += 1
  ) {
    last = listed.met;
    listed = yield* list();
  }
  const { generation, met, isOpen } = listed;
  const startMs = vendorStart(source, ports);
  yield { readings: [], knownSince: startMs, cursor: { ms: atMs, generation, met }, startMs, isOpen };
};

/** Of a list that never stands still, so many are enough. */
const mostLists = 3;

/** Whether the vendor shows us all records; what it hides would be taken for deleted. */
async function isWhole(
  { detection: { proof }, settings }: FeedSource<SnapshotDetection>,
  { client, signal }: PollPorts,
): Promise<boolean> {
  if (proof === null) return true;
  const answer = await client.send(renderRequest(proof.request, { settings }), signal);
  return readRecords(answer, proof.records).some((record) => readPath(record, proof.path) === proof.equals);
}
