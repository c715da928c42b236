/** Snapshot: read everything and compare it with what is known, by version; what is no longer there was deleted. */
import type { SnapshotDetection } from '../../connector/connector.ts';
import { enumerate } from '../enumerate.ts';
import { vendorNow } from '../feed.ts';
import type { Strategy } from './strategy.ts';

export const snapshot: Strategy<SnapshotDetection> = async function* (source, ports, report) {
  const { detection, feed } = source;
  const { breaker, confirm } = detection;
  const { cursor } = ports.state;
  report.windows += 1;
  const before = typeof cursor?.['generation'] === 'number' ? cursor['generation'] : null;
  const atMs = vendorNow(ports);
  const { generation } = yield* enumerate(source, detection, ports, report, {
    breaker,
    confirm,
    isFirst: cursor === null,
    onlyIds: feed === 'deletes',
    before,
  });
  yield { readings: [], knownSince: 'always', cursor: { ms: atMs, generation } };
};
