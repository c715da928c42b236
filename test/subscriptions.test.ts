/**
 * Webhooks that the runtime registers at the vendor by itself, through real sockets: registered, told by, looked after
 * and removed, and never twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConnectors, packagedConnectors } from '../src/connector/load.ts';
import { Failure } from '../src/diagnostic/failure.ts';
import type { InstanceInput, InstancePatch, InstanceView, Runtime } from '../src/engine/api.ts';
import type { Apps } from '../src/engine/apps.ts';
import { createLog } from '../src/engine/log.ts';
import { createRuntime } from '../src/engine/runtime.ts';
import { type AnyhookEvent, isChange } from '../src/event/event.ts';
import { compileAddressRules } from '../src/http/address-rules.ts';
import { type Clock, systemClock } from '../src/http/clock.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts';
import { listen } from '../src/server/listen.ts';
import { createServer } from '../src/server/server.ts';
import type { Store } from '../src/store/port.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { freePort } from './inbound/free-port.ts';
import { limitedToken } from './sandbox/shopify/shopify-client.ts';

// The connectors ask their vendor twice in a second at most, by the clock of the wall.
vi.setConfig({ testTimeout: 120_000 });

let nowMs = Date.now();
/** A worker's rest is short, for the clock is set by hand. */
const clock: Clock = {
  ...systemClock,
  now: () => nowMs,
  steady: () => nowMs,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
};

let folder: string;
let sandbox: Sandbox;
let store: Store;
let runtime: Runtime;
let publicUrl: string;
let stop: () => Promise<void>;

interface BeginOptions {
  readonly publicUrl?: string | undefined;
  readonly apps?: Apps;
  /** Stands between the runtime and its store. */
  readonly through?: (store: Store) => Store;
}

async function begin(options: BeginOptions = { publicUrl }): Promise<void> {
  const { connectors } = await loadConnectors([packagedConnectors]);
  store = await openSqliteStore({ file: path.join(folder, 'anyhook.db'), secretKey: Buffer.alloc(32, 7) });
  const log = createLog('silent');
  const { rules } = compileAddressRules(['127.0.0.0/8']);
  const concurrency = { pollConcurrency: 4, deliveryConcurrency: 4 };
  const common = { connectors, addressRules: rules, log, userAgent: 'anyhook/test', clock };
  runtime = createRuntime({
    ...common,
    ...concurrency,
    store: options.through?.(store) ?? store,
    publicUrl: options.publicUrl,
    ...(options.apps !== undefined && {
      apps: options.apps,
      appHosts: { shopify: [new URL(sandbox.origin).host] },
    }),
  });
  const server = createServer({ runtime, log });
  await listen(server, { host: '127.0.0.1', port: Number(new URL(options.publicUrl ?? publicUrl).port) });
  stop = async () => {
    await server.close();
    await runtime.close();
  };
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-subscriptions-'));
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  sandbox = await startSandbox({ vendor: 'shopify', port: 0, clock: { now: () => nowMs } });
  // The clock stands still for most of a test, and with it what the vendor allows.
  await faults({ quotaPerBurst: 100_000 });
});

afterEach(async () => {
  await stop();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const base = '/admin/api/2026-07';

async function call(method: string, where: string, body?: unknown): Promise<Record<string, unknown>> {
  const token = { 'x-shopify-access-token': 'shpat_sandbox' };
  const json = { body: JSON.stringify(body), headers: { ...token, 'content-type': 'application/json' } };
  const sent = body === undefined ? { headers: token } : json;
  const response = await fetch(`${sandbox.origin}${where}`, { method, ...sent });
  const text = await response.text();
  expect(response.ok, `${method} ${where}: ${response.status} ${text}`).toBe(true);
  return text === '' ? {} : JSON.parse(text);
}

interface Registered {
  readonly serial: number;
  readonly url: string;
  readonly settings: { readonly topic: string };
}

/** As the vendor has it; all posts are made and answered then. */
const registered = async (): Promise<readonly Registered[]> =>
  (await call('GET', '/_sandbox/webhooks'))['subscriptions'] as readonly Registered[];
const topics = async () => (await registered()).map(({ settings }) => settings.topic).sort();
const faults = (changes: object) => call('PATCH', '/_sandbox/faults', changes);

async function create(input: Partial<InstanceInput> = {}): Promise<string> {
  const created = await runtime.createInstance({
    connector: 'shopify',
    settings: { shopUrl: sandbox.origin },
    credentials: { accessToken: 'shpat_sandbox', clientSecret: 'sandbox-secret' },
    objects: { customer: {} },
    ...input,
  });
  if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
  return created.value.id;
}

async function webhooksOf(id: string): Promise<InstanceView['webhooks']> {
  return (await runtime.getInstance(id))?.webhooks ?? [];
}

const statesOf = async (id: string) => (await webhooksOf(id)).map(({ topic, state }) => `${topic} ${state}`);

const until = (read: () => Promise<unknown>) => expect.poll(read, { timeout: 60_000, interval: 20 });

const customerTopics = ['customers/create', 'customers/delete', 'customers/update'];

async function changesOf(id: string): Promise<readonly AnyhookEvent[]> {
  return ((await runtime.listEvents(id, 0, 100)) ?? []).filter(isChange);
}

const told = async (id: string) =>
  (await changesOf(id)).map(({ data }) => [data.change, data.origin, data.objectId].join(' '));

/** Polls all of an object, waiting for polls that are under way. */
async function poll(id: string, object: string): Promise<void> {
  for (;;) {
    const outcomes = await runtime.pollNow(id, object).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'lease-lost') return null;
      throw error;
    });
    if (outcomes !== null) return expect(outcomes.map(({ failure }) => failure)).toEqual([null, null]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What is done at a change is due at its time, and no two changes have the same. */
async function patch(id: string, change: InstancePatch): Promise<void> {
  nowMs += 1_000;
  await runtime.patchInstance(id, change);
}

describe.each(['shopify', 'shopify-graphql'])('the webhooks of %s', (connector) => {
  it('are registered for the objects that are on, tell of changes once, and go with the instance', async () => {
    await begin();
    const id = await create({ connector, objects: { customer: {}, order: { enabled: false } } });
    expect(await webhooksOf(id)).toEqual([]);
    runtime.start();
    await until(topics).toEqual(customerTopics);
    const url = `${publicUrl}/v1/inbound/${connector}/events/${id}`;
    expect(new Set((await registered()).map(({ url: called }) => called))).toEqual(new Set([url]));
    await until(async () => (await webhooksOf(id)).map(({ state }) => state)).toEqual(Array(3).fill('registered'));
    expect((await webhooksOf(id))[0]).toMatchObject({ way: 'events', url, expiresAt: null, failure: null });

    nowMs += 10_000;
    await poll(id, 'customer');
    nowMs += 1_000;
    const made = await call('POST', `${base}/customers.json`, { customer: { email: 'mara@lindcycles.example' } });
    const record = String((made['customer'] as { id: unknown }).id);
    await until(() => told(id)).toEqual([`created webhook ${record}`]);
    nowMs += 2_000;
    await call('PUT', `${base}/customers/${record}.json`, { customer: { note: 'new' } });
    await until(() => told(id)).toEqual([`created webhook ${record}`, `updated webhook ${record}`]);
    nowMs += 2_000;
    await call('DELETE', `${base}/customers/${record}.json`);
    const all = [`created webhook ${record}`, `updated webhook ${record}`, `deleted webhook ${record}`];
    await until(() => told(id)).toEqual(all);
    nowMs += 600_000;
    await poll(id, 'customer');
    expect(await told(id)).toEqual(all);
    const polls = (await runtime.getInstance(id))?.objects['customer']?.polls ?? [];
    expect(polls.map(({ webhooksLost }) => webhooksLost)).toEqual([0, 0]);

    expect(await runtime.deleteInstance(id)).toBe(true);
    expect(await runtime.getInstance(id)).toBe(null);
    await until(topics).toEqual([]);
    await until(() => store.getLeavingInstance(id)).toBe(null);
  });

  it('are one set for two objects of the same records, and follow what is switched on and off', async () => {
    await begin();
    const id = await create({ connector, objects: { customer: {}, contact: {} } });
    runtime.start();
    await until(topics).toEqual(customerTopics);
    await patch(id, { objects: { product: {}, customer: null } });
    const both = [...customerTopics, 'products/create', 'products/delete', 'products/update'];
    await until(topics).toEqual(both);
    await patch(id, { objects: { contact: { enabled: false } } });
    await until(topics).toEqual(both.slice(3));
    await patch(id, { nativeWebhooks: false });
    await until(topics).toEqual([]);
    await until(() => webhooksOf(id)).toEqual([]);
    expect(await runtime.getInstance(id)).toMatchObject({ nativeWebhooks: false, webhooks: [] });
    await patch(id, { nativeWebhooks: true });
    await until(topics).toEqual(both.slice(3));
  });

  it('are named with a remedy where the vendor refuses, and asked for seldom', async () => {
    await begin();
    const accessToken = await limitedToken(sandbox.origin, 'read_products');
    const credentials = { accessToken, clientSecret: 'sandbox-secret' };
    const id = await create({ connector, credentials, objects: { customer: {}, product: {} } });
    runtime.start();
    await until(topics).toEqual(['products/create', 'products/delete', 'products/update']);
    const failed = async () => (await webhooksOf(id)).filter(({ state }) => state === 'failed');
    await until(async () => (await failed()).length).toBe(3);
    expect((await failed())[0]?.failure).toMatchObject({
      code: 'scope-missing',
      help: expect.stringContaining('Grant the app read_customers'),
    });
    const before = await failed();
    for (let minutes = 0; minutes < 20; minutes += 1) {
      nowMs += 60_000;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(await failed()).toEqual(before);
    // The vendor's people have granted it: the next patch, or the next try, finds that out.
    await patch(id, { credentials: { accessToken: 'shpat_sandbox' } });
    await until(async () => (await topics()).length).toBe(6);
    await until(failed).toEqual([]);
  });
});

it('registers one where a process ends between the vendor’s answer and its own store', async () => {
  let calls = 0;
  const dying = (inner: Store): Store => ({
    ...inner,
    async saveSubscription(subscription, owner) {
      // What the vendor answered never reaches the disk.
      if (subscription.since !== null) {
        calls += 1;
        throw new Error('the process ends here');
      }
      return inner.saveSubscription(subscription, owner);
    },
  });
  await begin({ publicUrl, through: dying });
  const id = await create();
  runtime.start();
  await until(async () => calls).toBeGreaterThan(0);
  const [first, ...others] = await registered();
  expect([first?.settings.topic, others]).toEqual(['customers/create', []]);
  await stop();
  await begin();
  runtime.start();
  await until(topics).toEqual(customerTopics);
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
  expect((await registered()).find(({ settings }) => settings.topic === 'customers/create')).toEqual(first);
  await runtime.deleteInstance(id);
  await until(topics).toEqual([]);
});

it('moves with the public URL, and leaves all as it is where there is none', async () => {
  await begin();
  const id = await create();
  runtime.start();
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
  const before = await registered();
  await stop();
  await begin({ publicUrl: undefined });
  runtime.start();
  nowMs += 60_000;
  await poll(id, 'customer');
  expect(await registered()).toEqual(before);
  await stop();
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  await begin();
  runtime.start();
  const moved = async () => (await registered()).filter(({ url }) => url.startsWith(publicUrl)).length;
  await until(moved).toBe(3);
  await until(topics).toEqual(customerTopics);
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
});

it('registers anew what the vendor has dropped', async () => {
  await begin();
  const id = await create();
  runtime.start();
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
  const [first] = await registered();
  await call('DELETE', `/_sandbox/webhooks/${first?.serial}`);
  nowMs += 27 * 3_600_000;
  await until(topics).toEqual(customerTopics);
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
});

it('asks for nothing that it could not verify, and says what is missing', async () => {
  await begin();
  const id = await create({ credentials: { accessToken: 'shpat_sandbox' } });
  runtime.start();
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} failed`));
  expect((await webhooksOf(id))[0]?.failure).toMatchObject({
    code: 'webhook-unverifiable',
    help: expect.stringContaining('clientSecret'),
  });
  expect(await registered()).toEqual([]);
  await patch(id, { credentials: { clientSecret: 'sandbox-secret' } });
  await until(topics).toEqual(customerTopics);
});

it('waits while the vendor is down, and removes in the end what an instance left there', async () => {
  await begin();
  const id = await create();
  runtime.start();
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
  await faults({ errorRate: 1 });
  await runtime.deleteInstance(id);
  await until(async () => (await store.listSubscriptions(id))[0]?.failures).toBe(1);
  expect((await store.getLeavingInstance(id))?.credentials).toMatchObject({ clientSecret: 'sandbox-secret' });
  await faults({ errorRate: 0 });
  nowMs += 20 * 60_000;
  await until(topics).toEqual([]);
  await until(() => store.getLeavingInstance(id)).toBe(null);
});

it('gives up in the end what it may not remove', async () => {
  await begin();
  const id = await create();
  runtime.start();
  await until(() => statesOf(id)).toEqual(customerTopics.map((topic) => `${topic} registered`));
  await faults({ errorRate: 1 });
  await runtime.deleteInstance(id);
  await until(async () => (await store.listSubscriptions(id))[0]?.failures).toBe(1);
  nowMs += 25 * 3_600_000;
  await until(() => store.getLeavingInstance(id)).toBe(null);
  expect(await store.listSubscriptions(id)).toEqual([]);
});

it('is signed by the operator’s app for an account connected through it, and goes with a token that still turns', async () => {
  const app = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
  await begin({ publicUrl, apps: { shopify: app } });
  const id = await create({ credentials: { refreshToken: 'shprt_sandbox' } });
  runtime.start();
  await until(topics).toEqual(customerTopics);
  nowMs += 10_000;
  await poll(id, 'customer');
  nowMs += 1_000;
  await call('POST', `${base}/customers.json`, { customer: { email: 'mara@lindcycles.example' } });
  await until(async () => (await told(id)).length).toBe(1);
  expect((await told(id))[0]).toMatch(/^created webhook /);
  // Its access token has run out by then; the next refresh token has to be kept for what comes after it.
  await faults({ expireTokens: true });
  await runtime.deleteInstance(id);
  await until(topics).toEqual([]);
  await until(() => store.getLeavingInstance(id)).toBe(null);
});
