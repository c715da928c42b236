/** How soon another node goes on with what one that died had begun. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../src/engine/log.ts';
import { createPoller, pollLeaseMs } from '../../src/engine/poller.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { instanceOf, keyOf, pollOf } from '../suite/store-builders.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const mostMs = 30_000;
let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-take-over-'));
  store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: randomBytes(32) });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** A node dies just after it has renewed its lease, when another's worker has fallen asleep so long before. */
it.each([0, 1_000, 2_499, 4_999, 8_000])('within 30 s, when another woke last %d ms before', async (beforeMs) => {
  const clock = virtualClock(1_000_000);
  const key = keyOf('a');
  await store.createInstance(instanceOf('a'), [pollOf(key, { dueAt: clock.now() })]);
  const dying = { owner: 'dying', leaseMs: pollLeaseMs };
  await store.leasePoll(key, { ...dying, now: clock.now() });
  const stop = new AbortController();
  let takenAtMs = 0;
  const poller = createPoller({
    store,
    clock,
    log: createLog('silent'),
    owner: 'living',
    concurrency: 4,
    async line() {
      takenAtMs ||= clock.now();
      stop.abort();
      return null;
    },
    onEvents: () => undefined,
  });
  const diesAtMs = clock.now() + beforeMs;
  await store.renewPoll(key, { ...dying, now: diesAtMs });
  await poller.run(stop.signal);
  expect(takenAtMs).toBeGreaterThanOrEqual(diesAtMs + pollLeaseMs);
  expect(takenAtMs - diesAtMs).toBeLessThanOrEqual(mostMs);
});
