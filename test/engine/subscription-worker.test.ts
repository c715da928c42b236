/** How webhooks are looked after at a vendor that ends them, forgets them, hands out keys, or does not list them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { createFeedLines, type FeedLines } from '../../src/engine/feed-lines.ts';
import { createLog } from '../../src/engine/log.ts';
import { lookAfter, type SubscriptionWorkerOptions } from '../../src/engine/subscription-worker.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { Instance, Store, Subscription } from '../../src/store/port.ts';
import { objectDefaults } from '../../src/store/row/instance-row.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { acme } from '../connector/acme.ts';
import { type Received, sendJson, startVendor, type VendorServer } from '../http/vendor-server.ts';
import { type VirtualClock, virtualClock } from '../suite/virtual-clock.ts';

const context = createLinkContext((await loadDialects()).dialects);
const hourMs = 3_600_000;
const owner = 'registrar';
const publicUrl = 'https://hooks.example.test';

interface Hook {
  readonly id: string;
  readonly url: string;
  readonly topic: string;
  readonly secret?: string;
  readonly expires: string;
}

/** What the vendor answers in place of doing it. */
let refusals: { readonly method: string; readonly status: number; readonly isDone?: boolean }[];
/** Lists tell of what was registered later than this only when it is asked again. */
let lag: boolean;
let hooks: Hook[];
let asked: string[];
let serial: number;
/** How often credentials were stored that verify. */
let told: number;
let vendor: VendorServer;
let folder: string;
let store: Store;
let clock: VirtualClock;
let lines: FeedLines;

const lifeMs = 7 * 24 * hourMs;
const expires = () => new Date(clock.now() + lifeMs).toISOString();

function answer({ method, url, text }: Received): { status: number; body: unknown } {
  const id = url.pathname.split('/').at(-1) ?? '';
  const known = hooks.find((hook) => hook.id === id);
  if (method === 'GET') {
    const listed = lag ? [] : hooks;
    lag = false;
    return { status: 200, body: { hooks: listed.filter((hook) => hook.url === url.searchParams.get('url')) } };
  }
  if (method === 'POST') {
    const { url: address, topic, secret } = JSON.parse(text);
    if (hooks.some((hook) => hook.url === address && hook.topic === topic)) return { status: 422, body: {} };
    serial += 1;
    const made = { id: `h${serial}`, url: address, topic, expires: expires(), ...(secret && { secret }) };
    hooks.push(made);
    return { status: 201, body: { data: { ...made, key: `key-${made.id}` } } };
  }
  if (known === undefined) return { status: 404, body: {} };
  hooks = hooks.filter((hook) => hook !== known);
  if (method === 'DELETE') return { status: 204, body: '' };
  const renewed = { ...known, expires: expires() };
  hooks.push(renewed);
  return { status: 200, body: { data: renewed } };
}

beforeEach(async () => {
  refusals = [];
  lag = false;
  hooks = [];
  asked = [];
  serial = 0;
  told = 0;
  clock = virtualClock();
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-registrar-'));
  store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: randomBytes(32) });
  vendor = await startVendor((received, response) => {
    asked.push(received.method);
    const refusal = refusals.find(({ method }) => method === received.method);
    if (refusal === undefined || refusal.isDone === true) {
      const { status, body } = answer(received);
      if (refusal === undefined) return sendJson(response, status, body);
    }
    sendJson(response, refusal.status, { message: 'no' });
  });
});

afterEach(async () => {
  await lines.close();
  await vendor.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const register = {
  request: { method: 'POST', path: '/hooks', body: { url: '{callback.url}', topic: '{topic}' } },
  capture: { id: 'data.id' },
};
const renew = { request: { method: 'PATCH', path: '/hooks/{subscription.id}' }, expiresAt: 'data.expires' };
const remove = { request: { method: 'DELETE', path: '/hooks/{subscription.id}' } };
const list = {
  request: { method: 'GET', path: '/hooks', query: { url: '{callback.url}' } },
  items: 'hooks',
  match: { url: '{callback.url}', topic: '{topic}' },
  capture: { id: 'id' },
};
const ending = { ...register, expiresAt: 'data.expires' };

/** An instance of a vendor whose subscriptions go by these words; answers a step: what is due now is looked after. */
async function begin(subscriptions: object, credentials: Instance['credentials'] = { secret: 's3cret' }) {
  const way = {
    name: 'events',
    auth: {
      kind: 'static',
      key: { credential: 'secret' },
      value: { header: 'X-Acme-Key' },
    },
    events: [{ object: "'contact'", objectId: 'id', change: 'change', record: '$' }],
    subscriptions: { topics: { contact: ['made', 'gone'] }, ...subscriptions },
  };
  const { connector, diagnostics } = linkConnector({ ...acme, inbound: [way] }, context);
  if (connector === null) throw new Error(JSON.stringify(diagnostics));
  const connectors = new Map([['acme', connector]]);
  const { rules: addressRules } = compileAddressRules(['127.0.0.0/8']);
  lines = createFeedLines({
    store,
    connectors,
    addressRules,
    clock,
    userAgent: 'anyhook/test',
    apps: {},
    appHosts: {},
    owner,
  });
  await store.createInstance(
    {
      id: 'i',
      connector: 'acme',
      name: 'i',
      tags: [],
      settings: { host: vendor.origin, version: 'v1' },
      credentials: { token: 't', ...credentials },
      callback: null,
      callbackDisabledAt: null,
      nativeWebhooks: true,
      objects: { contact: objectDefaults },
      createdAt: clock.now(),
      updatedAt: clock.now(),
    },
    [],
  );
  const log = createLog('silent');
  const onCredentials = () => {
    told += 1;
  };
  const common = { store, clock, log, owner, connectors, apps: {}, publicUrl, concurrency: 1, onCredentials };
  return async (parts: Partial<SubscriptionWorkerOptions> = {}): Promise<number> => {
    const options = {
      ...common,
      client: (id: string) => lines.client(id),
      onGone: (id: string) => lines.forget(id),
      ...parts,
    };
    const due = await store.leaseSubscribers({ owner: options.owner, now: clock.now(), leaseMs: hourMs, limit: 9 });
    for (const id of due) await lookAfter(id, options, new AbortController().signal);
    return due.length;
  };
}

const known = (): Promise<readonly Subscription[]> => store.listSubscriptions('i');
const shown = async () =>
  (await known()).map(({ topic, since, lastFailure }) => [topic, since !== null, lastFailure?.code ?? null]);
const allWell = [
  ['gone', true, null],
  ['made', true, null],
];
const topicsThere = () => hooks.map(({ topic }) => topic).sort();
const hoursLeft = async () =>
  (await known()).map(({ expiresAt }) => (expiresAt === null ? null : (expiresAt - clock.now()) / hourMs));

it('renews before the end, and not sooner', async () => {
  const step = await begin({ register: ending, renew, remove, renewBeforeSeconds: 7_200 });
  await step();
  expect([await shown(), asked]).toEqual([allWell, ['POST', 'POST']]);
  clock.advance(lifeMs - 3 * hourMs);
  expect(await step()).toBe(0);
  clock.advance(hourMs);
  expect(await step()).toBe(1);
  expect(asked.slice(2)).toEqual(['PATCH', 'PATCH']);
  expect(await hoursLeft()).toEqual([168, 168]);
  expect(await step()).toBe(0);
});

it('keeps trying to renew while the vendor is down, and registers anew what has ended', async () => {
  const step = await begin({ register: ending, renew, remove, list });
  await step();
  clock.advance(lifeMs - hourMs / 2);
  refusals = [{ method: 'PATCH', status: 503 }];
  await step();
  // The second was not asked for: it would have met the same.
  expect(asked.filter((method) => method === 'PATCH')).toEqual(['PATCH']);
  expect(await shown()).toEqual([
    ['gone', true, 'vendor-unavailable'],
    ['made', true, 'vendor-unavailable'],
  ]);
  clock.advance(hourMs);
  hooks = [];
  await step();
  expect([await shown(), topicsThere()]).toEqual([allWell, ['gone', 'made']]);
  expect(await hoursLeft()).toEqual([168, 168]);
});

it('registers anew what cannot be renewed, and what the vendor has forgotten', async () => {
  const step = await begin({ register: { ...register, lifeSeconds: lifeMs / 1_000 }, remove });
  await step();
  hooks = [];
  clock.advance(lifeMs - hourMs);
  await step();
  expect([topicsThere(), await hoursLeft()]).toEqual([
    ['gone', 'made'],
    [168, 168],
  ]);
  await store.deleteInstance('i');
  await lines.forget('i');
  expect(await store.sweep(100)).toBe(false);
  expect(await step()).toBe(1);
  expect(topicsThere()).toEqual([]);
});

it('takes what is there for its own: found in the list, or refused as a second one', async () => {
  const step = await begin({ register, remove, list });
  const url = `${publicUrl}/v1/inbound/acme/events/i`;
  hooks = [
    { id: 'old', url, topic: 'made', expires: expires() },
    { id: 'other', url: `${url}x`, topic: 'gone', expires: expires() },
  ];
  lag = true;
  await step();
  expect(await shown()).toEqual(allWell);
  expect((await known()).map(({ captured }) => captured)).toEqual([{ id: 'h1' }, { id: 'old' }]);
  expect(hooks.map(({ id }) => id)).toEqual(['old', 'other', 'h1']);
});

it('finds what was registered though the answer said otherwise', async () => {
  const step = await begin({ register, remove, list });
  refusals = [{ method: 'POST', status: 502, isDone: true }];
  await step();
  expect(topicsThere()).toEqual(['made']);
  expect(await shown()).toEqual([
    ['gone', false, 'vendor-unavailable'],
    ['made', false, 'vendor-unavailable'],
  ]);
  refusals = [];
  clock.advance(30_000);
  await step();
  expect([await shown(), topicsThere()]).toEqual([allWell, ['gone', 'made']]);
});

it('takes over what ends by renewing it, and asks a vendor that contradicts itself no more than once', async () => {
  const step = await begin({ register: ending, renew, remove, list });
  const url = `${publicUrl}/v1/inbound/acme/events/i`;
  hooks = ['made', 'gone'].map((topic) => ({ id: `old-${topic}`, url, topic, expires: 'never told' }));
  await step();
  expect([await shown(), await hoursLeft(), asked]).toEqual([allWell, [168, 168], ['GET', 'PATCH', 'PATCH']]);
  // It lists them, refuses others in their place, and knows nothing of them.
  asked = [];
  refusals = [{ method: 'PATCH', status: 404 }];
  clock.advance(lifeMs - hourMs / 2);
  await step();
  expect(asked).toEqual(Array(2).fill(['PATCH', 'POST', 'GET', 'PATCH']).flat());
  expect(await step()).toBe(0);
});

it('removes one that it asked for and heard nothing of', async () => {
  const step = await begin({ register, remove, list });
  refusals = [{ method: 'POST', status: 502, isDone: true }];
  await step();
  await store.deleteInstance('i');
  refusals = [];
  await step();
  expect([hooks, await store.getLeavingInstance('i')]).toEqual([[], null]);
});

it('makes one key for all topics, keeps it before it tells the vendor, and tells it another one that a person gives', async () => {
  const body = { ...register.request.body, secret: '{callback.secret}' };
  const step = await begin({ register: { ...register, request: { ...register.request, body } }, remove }, {});
  await step();
  const { secret } = (await store.getInstance('i'))?.credentials ?? {};
  expect([secret, told]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 1]);
  expect(hooks.map((hook) => hook.secret)).toEqual([secret, secret]);
  const stored = await store.getInstance('i');
  if (stored === null) throw new Error('gone');
  await store.updateInstance({ ...stored, credentials: { secret: 'given-by-a-person' } }, []);
  await step();
  expect(hooks.map((hook) => hook.secret)).toEqual(Array(2).fill('given-by-a-person'));
  await store.updateInstance({ ...stored, credentials: {} }, []);
  await step();
  expect(asked).toEqual(['POST', 'POST', 'DELETE', 'POST', 'DELETE', 'POST']);
});

it('keeps the key that the vendor hands out, and never takes one over whose key it has not', async () => {
  const topics = { contact: ['made'] };
  const step = await begin(
    { topics, register: { ...register, credentials: { secret: 'data.key' } }, remove, list },
    {},
  );
  const url = `${publicUrl}/v1/inbound/acme/events/i`;
  hooks = [{ id: 'old', url, topic: 'made', expires: expires() }];
  await step();
  expect(hooks.map(({ id }) => id)).toEqual(['h1']);
  expect((await store.getInstance('i'))?.credentials['secret']).toBe('key-h1');
});

it('is looked after by one of two, and lets go when another has taken over', async () => {
  const step = await begin({ register, remove, list });
  const [held] = await store.leaseSubscribers({ owner: 'another', now: clock.now(), leaseMs: hourMs, limit: 9 });
  expect([held, await step()]).toEqual(['i', 0]);
  expect(await step({ owner: 'third' })).toBe(0);
  // It comes to its lease late: the other has it.
  const late = { store, clock, log: createLog('silent'), owner, apps: {}, publicUrl, connectors: new Map() };
  await store.finishSubscriber({ instanceId: 'i', owner: 'another', now: clock.now(), dueAt: clock.now() });
  await store.leaseSubscribers({ owner: 'another', now: clock.now(), leaseMs: hourMs, limit: 9 });
  const client = (id: string) => lines.client(id);
  const unused = { onGone: async () => undefined, onCredentials: () => undefined, concurrency: 1 };
  await lookAfter('i', { ...late, ...unused, client }, new AbortController().signal);
  expect([asked, await known()]).toEqual([[], []]);
});

it('is refused for good only where trying again does not help, and then tried seldom', async () => {
  const step = await begin({ register, remove, list });
  refusals = [{ method: 'POST', status: 400 }];
  await step();
  const times = (await known()).map(({ dueAt }) => ((dueAt ?? 0) - clock.now()) / hourMs);
  expect(times).toEqual([0.75, 0.75]);
  refusals = [];
  await store.wakeSubscribers(['acme'], clock.now());
  await step();
  expect(await shown()).toEqual(allWell);
});

it('gives up at once what an instance that is gone is not allowed to remove', async () => {
  const step = await begin({ register, remove, list });
  await step();
  refusals = [{ method: 'DELETE', status: 403 }];
  await store.deleteInstance('i');
  await step();
  expect([await known(), await store.getLeavingInstance('i')]).toEqual([[], null]);
  expect(await step()).toBe(0);
});
