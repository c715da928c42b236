/** A runtime on a vendor's sandbox, its clock set by hand, for what only an account knows: its objects and fields. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConnectors } from '../../src/connector/load.ts';
import type { InstanceInput, PollOutcome, Runtime } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { type AnyhookEvent, isChange, type NoticeEvent } from '../../src/event/event.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { type Clock, systemClock } from '../../src/http/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const { connectors } = await loadConnectors();

export interface AccountBench {
  readonly sandbox: Sandbox;
  runtime(): Runtime;
  store(): Store;
  /** A new runtime on what the store kept. */
  restart(): Promise<void>;
  /** An instance at the sandbox. */
  create(input: Partial<InstanceInput>): ReturnType<Runtime['createInstance']>;
  /** Time passes, then all feeds of an object are polled. */
  poll(id: string, object: string, afterMs?: number): Promise<readonly PollOutcome[]>;
  events(id: string): Promise<readonly AnyhookEvent[]>;
  notices(id: string): Promise<readonly NoticeEvent[]>;
  /** Makes a record at the vendor, or changes the one of this id; answers its id. */
  put(object: string, record: object, id?: string): Promise<string>;
  remove(object: string, id: string): Promise<void>;
  faults(changes: object): Promise<void>;
  close(): Promise<void>;
}

export async function openBench(connector: string): Promise<AccountBench> {
  let nowMs = Date.now();
  const sleep: Clock['sleep'] = (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal);
  const clock: Clock = { ...systemClock, now: () => nowMs, steady: () => nowMs, sleep };
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-account-'));
  const sandbox = await startSandbox({ vendor: connector, port: 0, clock: { now: () => nowMs } });
  let store: Store;
  let runtime: Runtime;
  const open = async (): Promise<void> => {
    store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: Buffer.alloc(32, 7) });
    runtime = createRuntime({
      store,
      connectors,
      addressRules: compileAddressRules(['127.0.0.0/8']).rules,
      log: createLog('silent'),
      pollConcurrency: 1,
      deliveryConcurrency: 1,
      userAgent: 'anyhook/test',
      clock,
    });
  };
  await open();
  const call = async (method: string, url: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${sandbox.origin}${url}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    sandbox,
    runtime: () => runtime,
    store: () => store,
    async restart() {
      await runtime.close();
      await open();
    },
    create(input) {
      const access = connectors.get(connector)?.definition.sandbox;
      const atOrigin = ([name, value]: readonly [string, string | number | boolean]) =>
        [name, typeof value === 'string' ? value.replace('{origin}', sandbox.origin) : value] as const;
      return runtime.createInstance({
        connector,
        settings: Object.fromEntries(Object.entries(access?.settings ?? {}).map(atOrigin)),
        credentials: access?.credentials ?? {},
        ...input,
      });
    },
    async poll(id, object, afterMs = 60_000) {
      nowMs += afterMs;
      return (await runtime.pollNow(id, object)) ?? [];
    },
    events: async (id) => ((await runtime.listEvents(id, 0, 1_000)) ?? []).filter(isChange),
    notices: async (id) =>
      ((await runtime.listEvents(id, 0, 1_000)) ?? []).filter((event): event is NoticeEvent => !isChange(event)),
    async put(object, record, id) {
      nowMs += 60_000;
      const done = (await call('POST', '/_sandbox/records', { object, record, ...(id !== undefined && { id }) })) as {
        id: string;
      };
      return done.id;
    },
    async remove(object, id) {
      nowMs += 60_000;
      await call('POST', '/_sandbox/edit', { object, id, action: 'delete' });
    },
    async faults(changes) {
      await call('PATCH', '/_sandbox/faults', changes);
    },
    async close() {
      await runtime.close();
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}
