/** Snapshot: read everything and compare it with what is known, by version; what is no longer there was deleted. */
import type { SnapshotDetection } from '../../connector/connector.ts';
import { enumerate } from '../enumerate.ts';
import { vendorNow, vendorStart } from '../feed.ts';
import type { Strategy } from './strategy.ts';

export const snapshot: Strategy<SnapshotDetection> = async function* (source, ports, report) {
  const { detection, feed } = source;
  const { breaker, confirm } = detection;
  const { cursor } = ports.state;
  report.windows += 1;
  const { generation: last, ids: met } = cursor ?? {};
  const before = typeof last === 'number' && typeof met === 'number' ? { generation: last, ids: met } : null;
  const atMs = vendorNow(ports);
  const { generation, ids, isOpen } = yield* enumerate(source, detection, ports, report, {
    breaker,
    confirm,
    isFirst: cursor === null,
    onlyIds: feed === 'deletes',
    before,
  });
  const startMs = vendorStart(ports);
  yield { readings: [], knownSince: startMs, cursor: { ms: atMs, generation, ids }, startMs, isOpen };
};
