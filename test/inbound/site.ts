/** A runtime with an HTTP server of its own and a vendor's sandbox that posts to it, on one clock that the test moves. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import type { InstanceInput, PollOutcome, PollView, Runtime } from '../../src/engine/api.ts';
import type { Apps } from '../../src/engine/apps.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { type AnyhookEvent, isChange } from '../../src/event/event.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { type Clock, systemClock } from '../../src/http/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { listen } from '../../src/server/listen.ts';
import { createServer } from '../../src/server/server.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { freePort } from './free-port.ts';

const { connectors: ours } = await loadConnectors([packagedConnectors]);

type Json = Record<string, unknown>;

/** Change, origin and record id of each event. */
export const told = (events: readonly AnyhookEvent[]) =>
  events.map(({ data }) => [data.change, data.origin, data.objectId]);

/** A record as the sandbox's own page would change it. */
export interface Edited {
  readonly id: string;
  readonly record: Json;
}

export class Site {
  readonly connector: Connector;
  readonly sandbox: Sandbox;
  /** What vendors call the runtime by, until it moves. */
  publicUrl: string;
  /** How often each method of the store was called. */
  readonly storeCalls = new Map<string, number>();
  readonly #folder: string;
  readonly #clock: { nowMs: number };
  #runtime: Runtime | undefined;
  #store: Store | undefined;
  #closeServer: () => Promise<void> = async () => undefined;

  constructor(connector: Connector, sandbox: Sandbox, publicUrl: string, folder: string, clock: { nowMs: number }) {
    this.connector = connector;
    this.sandbox = sandbox;
    this.publicUrl = publicUrl;
    this.#folder = folder;
    this.#clock = clock;
  }

  get runtime(): Runtime {
    if (this.#runtime === undefined) throw new Error('the runtime is stopped');
    return this.#runtime;
  }

  /** When the next change in the inbox is to be worked on, epoch milliseconds; null when it is empty. */
  async inboxDueAt(): Promise<number | null> {
    return (await this.#store?.nextDueAt('inbox')) ?? null;
  }

  readonly now = (): number => this.#clock.nowMs;

  advance(seconds: number): void {
    this.#clock.nowMs += seconds * 1000;
  }

  /** The runtime takes webhooks; its workers begin with `runtime.start()`. */
  async begin(apps: Apps = {}): Promise<void> {
    const clock: Clock = {
      ...systemClock,
      now: () => this.#clock.nowMs,
      steady: () => this.#clock.nowMs,
      // A worker's rest is short, for the clock of the store is set by hand.
      sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
    };
    const file = path.join(this.#folder, 'anyhook.db');
    const store = this.#counted(await openSqliteStore({ file, secretKey: Buffer.alloc(32, 7) }));
    this.#store = store;
    const log = createLog('silent');
    const { rules } = compileAddressRules(['127.0.0.0/8']);
    const connectors = new Map([[this.connector.key, this.connector]]);
    const appHosts = { [this.connector.key]: [new URL(this.sandbox.origin).host] };
    const common = { store, connectors, addressRules: rules, log, userAgent: 'anyhook/test', clock, apps, appHosts };
    const runtime = createRuntime({ ...common, publicUrl: this.publicUrl, pollConcurrency: 4, deliveryConcurrency: 4 });
    const server = createServer({ runtime, log });
    await listen(server, { host: '127.0.0.1', port: Number(new URL(this.publicUrl).port) });
    this.#runtime = runtime;
    this.#closeServer = async () => {
      await server.close();
    };
  }

  #counted(store: Store): Store {
    return new Proxy(store, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value === 'function')
          this.storeCalls.set(String(name), (this.storeCalls.get(String(name)) ?? 0) + 1);
        return value;
      },
    });
  }

  /** From its next `begin` on it is reached by another URL. */
  async move(): Promise<void> {
    this.publicUrl = `http://127.0.0.1:${await freePort()}`;
  }

  async stop(): Promise<void> {
    await this.#closeServer();
    await this.#runtime?.close();
    this.#runtime = undefined;
  }

  /** An instance of the sandbox's connector; what is given goes before what the connector says of its sandbox. */
  async connect(input: Partial<InstanceInput>): Promise<string> {
    const access = atSandbox(this.connector, this.sandbox.origin);
    const created = await this.runtime.createInstance({
      connector: this.connector.key,
      ...input,
      settings: { ...access.settings, ...input.settings },
      credentials: { ...access.credentials, ...input.credentials },
    });
    if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
    return created.value.id;
  }

  /** The URL of a way, for all instances or for one. */
  url(way: string, instanceId?: string): string {
    const suffix = instanceId === undefined ? '' : `/${instanceId}`;
    return `${this.publicUrl}/v1/inbound/${this.connector.key}/${way}${suffix}`;
  }

  /** Polls objects ten seconds later; each poll must go well. */
  async poll(id: string, ...objects: readonly string[]): Promise<void> {
    this.advance(10);
    for (const object of objects) {
      const outcomes = await this.#pollNow(id, object);
      expect(outcomes.map(({ failure }) => failure)).toEqual(outcomes.map(() => null));
      expect(outcomes.length).toBeGreaterThan(0);
    }
  }

  /** The runtime may be polling it by itself. */
  async #pollNow(id: string, object: string): Promise<readonly PollOutcome[]> {
    for (;;) {
      try {
        return (await this.runtime.pollNow(id, object)) ?? [];
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'lease-lost') throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async events(id: string): Promise<readonly AnyhookEvent[]> {
    return ((await this.runtime.listEvents(id, 0, 2000)) ?? []).filter(isChange);
  }

  /** What is put off for a moment by the workers comes when the clock has run: so it runs while this waits. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      this.advance(0.1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async untilEvents(id: string, count: number): Promise<readonly AnyhookEvent[]> {
    const isThere = async () => ((await this.runtime.listEvents(id, count - 1, 1)) ?? []).length > 0;
    await this.until(async () => (await isThere()) && (await this.events(id)).length >= count);
    return this.events(id);
  }

  async changesPoll(id: string, object: string): Promise<PollView | undefined> {
    const polls = (await this.runtime.getInstance(id))?.objects[object]?.polls;
    return polls?.find(({ feed }) => feed === 'changes');
  }

  /** Calls the sandbox; the answer must be a success. */
  async call(method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(this.sandbox.origin + target, {
      method,
      headers: { ...type, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${target}: ${answer.status} ${text}`).toBe(true);
    return text === '' ? {} : JSON.parse(text);
  }

  /** Creates a record, or lays changes over the one with this id. */
  async edit(object: string, record: Json, id?: string): Promise<Edited> {
    const edited = await this.call('POST', '/_sandbox/records', { object, record, ...(id !== undefined && { id }) });
    return edited as unknown as Edited;
  }

  async remove(object: string, id: string): Promise<void> {
    await this.call('DELETE', `/_sandbox/records/${object}/${id}`);
  }

  /** Sets where the sandbox posts to, as a person does in the vendor's portal. */
  async subscribe(url: string, settings: Json = {}): Promise<void> {
    await this.call('POST', '/_sandbox/webhooks', { url, ...settings });
  }

  /** The sandbox's posts so far, when all are answered. */
  async sent(): Promise<readonly Json[]> {
    return (await this.call('GET', '/_sandbox/webhooks'))['attempts'] as readonly Json[];
  }

  /** Posts to the runtime, as whoever knows how to sign would. */
  async post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const answer = await fetch(url, { method: 'POST', body, headers });
    await answer.arrayBuffer();
    return answer.status;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.sandbox.close();
    await rm(this.#folder, { recursive: true });
  }
}

/**
 * A site that is closed when the test ends.
 * @param given the key of one of our connectors, or a connector.
 */
export async function openSite(given: string | Connector): Promise<Site> {
  const connector = typeof given === 'string' ? ours.get(given) : given;
  if (connector === undefined) throw new Error(`no connector ${given}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-webhooks-'));
  const clock = { nowMs: Date.now() };
  const vendor = sandboxVendor(connector);
  const sandbox = await startSandbox({ vendor, port: 0, clock: { now: () => clock.nowMs } });
  const site = new Site(connector, sandbox, `http://127.0.0.1:${await freePort()}`, folder, clock);
  onTestFinished(() => site.close());
  await site.begin();
  return site;
}
