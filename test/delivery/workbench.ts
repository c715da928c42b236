/** A store on disk, instances with callbacks, and a deliverer whose clock the test holds. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDeliverer, type Deliverer, type DelivererOptions } from '../../src/delivery/deliverer.ts';
import { createSecret } from '../../src/delivery/secret.ts';
import { createSender, type SenderOptions } from '../../src/delivery/send.ts';
import { buildEvent } from '../../src/event/build.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { Callback, Instance, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { parts } from '../event/an-event.ts';
import { commitEvents, instanceOf, keyOf, pollOf } from '../suite/store-builders.ts';
import { localRules } from './receiver.ts';

export const secret = createSecret(randomBytes);
export const startedAt = Date.parse('2026-03-14T09:30:00Z');

export interface Workbench {
  store: Store;
  /** What the deliverer's clock says. */
  now: number;
  /** Everything that was logged, as text. */
  readonly logged: string[];
  addInstance(id: string, callback: Partial<Callback> & { url: string }): Promise<Instance>;
  /** Stores one event a record id, in this order. */
  commit(instanceId: string, recordIds: readonly string[]): Promise<readonly AnyhookEvent[]>;
  deliverer(options?: Partial<DelivererOptions>, sending?: Partial<SenderOptions>): Deliverer;
  /** Closes the store as a process does that ends, and opens it again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export const storeOptions = (dir: string) => ({ file: join(dir, 'anyhook.db'), secretKey: Buffer.alloc(32, 7) });

export async function openWorkbench(): Promise<Workbench> {
  const dir = await mkdtemp(join(tmpdir(), 'anyhook-delivery-'));
  const line = (fields: object, message: string): void => {
    const { err, ...rest } = fields as { err?: unknown };
    bench.logged.push(`${message} ${JSON.stringify(rest)} ${err instanceof Error ? err.stack : ''}`);
  };
  let version = 0;
  const bench: Workbench = {
    store: await openSqliteStore(storeOptions(dir)),
    now: startedAt,
    logged: [],
    async addInstance(id, callback) {
      const whole: Callback = { format: 'structured', secret, ...callback };
      const instance = instanceOf(id, { callback: whole });
      await bench.store.createInstance(instance, [pollOf(keyOf(id))]);
      return instance;
    },
    commit(instanceId, recordIds) {
      const events = recordIds.map((objectId) => {
        version += 1;
        return buildEvent({
          ...parts,
          instance: { ...parts.instance, id: instanceId },
          objectId,
          version: String(version),
        });
      });
      return commitEvents(bench.store, keyOf(instanceId), events, { now: bench.now });
    },
    deliverer: (options = {}, sending = {}) =>
      createDeliverer({
        store: bench.store,
        send: createSender({ addressRules: localRules, userAgent: 'anyhook/test', now: () => bench.now, ...sending }),
        clock: {
          now: () => bench.now,
          random: () => 0.5,
          sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
        },
        log: { info: line, warn: line, error: line },
        owner: `owner-${randomBytes(4).toString('hex')}`,
        ...options,
      }),
    async reopen() {
      await bench.store.close();
      bench.store = await openSqliteStore(storeOptions(dir));
    },
    async close() {
      await bench.store.close();
      await rm(dir, { recursive: true });
    },
  };
  return bench;
}
