/** What an instance is told of its own polling, from the vendor's answer to the stream. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import type { Runtime } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type VirtualClock, virtualClock } from '../suite/virtual-clock.ts';

const minuteMs = 60_000;
const { connectors } = await loadConnectors();

let folder: string;
let vendor: Server;
let store: Store;
let clock: VirtualClock;
let runtime: Runtime;
let id: string;
/** What the vendor answers just now. */
let answer: { status: number; body: unknown };
let requests = 0;

const wellAnswer = { status: 200, body: { results: [], total: 0 } };
const refusal = { status: 401, body: { category: 'INVALID_AUTHENTICATION', message: 'The token is wrong.' } };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-troubles-'));
  answer = wellAnswer;
  requests = 0;
  vendor = createServer((request, response) => {
    requests += 1;
    request.resume().on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: randomBytes(32) });
  clock = virtualClock();
  runtime = createRuntime({
    store,
    connectors,
    clock,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log: createLog('silent'),
    pollConcurrency: 1,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
  });
  const created = await runtime.createInstance({
    connector: 'hubspot',
    name: 'Acme',
    settings: { baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` },
    credentials: { accessToken: 'first-token' },
    objects: { contact: {}, ticket: {} },
  });
  if (!created.ok) throw new Error(JSON.stringify(created));
  id = created.value.id;
});
afterEach(async () => {
  await runtime.close();
  vendor.closeAllConnections();
  vendor.close();
  await rm(folder, { recursive: true });
});

const told = async () =>
  ((await runtime.listEvents(id, 0, 100)) ?? []).map(({ type, subject }) => `${type} ${subject}`);
const dueInMinutes = async () =>
  (await store.listPolls(id)).map(({ dueAt }) => Math.round((dueAt - clock.now()) / minuteMs) + 0);

it('a feed that no poll ends well for is stalled once, and recovers once', async () => {
  await runtime.pollNow(id, 'contact');
  answer = { status: 503, body: {} };
  await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual([]);
  clock.advance(20 * minuteMs);
  await runtime.pollNow(id, 'contact');
  await runtime.pollNow(id, 'contact');
  // Deletes are asked for every 15 minutes, so that they may be late for 45.
  expect(await told()).toEqual(['poller.stalled contact']);
  const [stalled] = (await runtime.listEvents(id, 0, 1)) ?? [];
  expect(stalled?.data).toMatchObject({ feed: 'changes', failure: { code: 'vendor-unavailable' }, until: null });
  clock.advance(50 * minuteMs);
  await runtime.pollNow(id, 'contact');
  answer = wellAnswer;
  await runtime.pollNow(id, 'contact');
  await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual([
    'poller.stalled contact',
    'poller.stalled contact',
    'poller.recovered contact',
    'poller.recovered contact',
  ]);
});

it('refused credentials are told once for all feeds, which wait behind the one that was refused', async () => {
  answer = refusal;
  await runtime.pollNow(id, 'ticket');
  expect(await told()).toEqual([`credentials.failed ${id}`]);
  // Of tickets both feeds were asked for; those of contacts were not, and come after.
  expect(await dueInMinutes()).toEqual([16, 16, 16, 15]);
  const asked = requests;
  expect(await store.leasePolls({ owner: 'other', now: clock.now() + 14 * minuteMs, leaseMs: 1, limit: 9 })).toEqual(
    [],
  );
  expect(requests).toBe(asked);
  await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual([`credentials.failed ${id}`]);
});

it('changed credentials are tried at once, and told again when they are refused too', async () => {
  answer = refusal;
  await runtime.pollNow(id, 'contact');
  clock.advance(minuteMs);
  await runtime.patchInstance(id, { credentials: { accessToken: 'second-token' } });
  expect(await dueInMinutes()).toEqual([0, 0, 0, 0]);
  await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual([`credentials.failed ${id}`, `credentials.failed ${id}`]);
  answer = wellAnswer;
  clock.advance(minuteMs);
  await runtime.pollNow(id, 'contact');
  expect((await told()).slice(2)).toEqual([`credentials.restored ${id}`]);
  // Those that waited for it are due; the two that were polled go on at their pace.
  expect(await dueInMinutes()).toEqual([1, 15, 0, 0]);
});

const lacking = (...scopes: readonly string[]) => ({
  status: 403,
  body: { category: 'MISSING_SCOPES', message: 'No.', errors: [{ context: { requiredGranularScopes: scopes } }] },
});

it('what is not allowed for one object is told of that object once, and does not keep the others', async () => {
  answer = lacking('contacts.read');
  await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual(['credentials.failed contact']);
  answer = wellAnswer;
  await runtime.pollNow(id, 'ticket');
  expect(await told()).toHaveLength(1);
  expect((await dueInMinutes()).slice(2)).toEqual([1, 15]);
});

it('a right that lacks is told once of all feeds that lack it, by its name, and so is its end', async () => {
  answer = lacking('crm.read', 'x y <script>');
  for (const object of ['contact', 'ticket', 'contact']) await runtime.pollNow(id, object);
  const [notice, ...others] = (await runtime.listEvents(id, 0, 100)) ?? [];
  expect(others).toEqual([]);
  expect(notice).toMatchObject({ type: 'credentials.failed', data: { object: 'contact', feed: null } });
  const help = expect.stringMatching(/^Grant the read scopes .* Here: crm\.read\.$/);
  expect(notice?.data).toMatchObject({ failure: { help } });
  // Whoever looks at the instance reads it too.
  const shown = (await runtime.getInstance(id))?.objects['ticket']?.polls.map(({ lastFailure }) => lastFailure?.help);
  expect(shown).toEqual([help, help]);
  answer = lacking('other.read');
  await runtime.pollNow(id, 'ticket');
  answer = wellAnswer;
  for (const object of ['ticket', 'contact', 'ticket']) await runtime.pollNow(id, object);
  expect(await told()).toEqual(['credentials.failed contact', 'credentials.restored contact']);
});

it('what a person has to change is told once of an object, and not of each of its feeds', async () => {
  answer = { status: 400, body: { message: 'Property x does not exist' } };
  for (let turn = 0; turn < 3; turn += 1) await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual(['poller.stalled contact']);
  answer = wellAnswer;
  for (let turn = 0; turn < 2; turn += 1) await runtime.pollNow(id, 'contact');
  expect(await told()).toEqual(['poller.stalled contact', 'poller.recovered contact']);
});
