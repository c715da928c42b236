/** A deliverer as a process of its own, for tests that kill it: the store's folder is the argument. */
import { setTimeout as delay } from 'node:timers/promises';
import { createDeliverer } from '../../src/delivery/deliverer.ts';
import { createSender } from '../../src/delivery/send.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { localRules } from './receiver.ts';
import { storeOptions } from './workbench.ts';

const silent = (): void => undefined;
const store = await openSqliteStore(storeOptions(process.argv[2] ?? ''));
const deliverer = createDeliverer({
  store,
  send: createSender({ addressRules: localRules, userAgent: 'anyhook/test', now: Date.now }),
  clock: {
    now: Date.now,
    random: Math.random,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  },
  log: { info: silent, warn: silent, error: silent },
  owner: `process-${process.pid}`,
});
process.once('SIGTERM', async () => {
  await deliverer.close();
  await store.close();
});
await deliverer.run(new AbortController().signal);
