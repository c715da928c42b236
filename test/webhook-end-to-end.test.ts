/**
 * Native webhooks through real sockets: the vendor's sandbox signs and sends, the runtime takes them in, and the poll
 * that follows finds nothing new, or repairs what was lost and counts it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConnectors, packagedConnectors } from '../src/connector/load.ts';
import type { Runtime } from '../src/engine/api.ts';
import { createLog } from '../src/engine/log.ts';
import { createRuntime } from '../src/engine/runtime.ts';
import { type AnyhookEvent, isChange } from '../src/event/event.ts';
import { compileAddressRules } from '../src/http/address-rules.ts';
import { type Clock, systemClock } from '../src/http/clock.ts';
import { developerKey } from '../src/sandbox/hubspot/webhook-routes.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts';
import { listen } from '../src/server/listen.ts';
import { createServer } from '../src/server/server.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { freePort } from './inbound/free-port.ts';

let nowMs = Date.now();
/** A worker's rest is short, for the clock of the store is set by hand. */
const clock: Clock = {
  ...systemClock,
  now: () => nowMs,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
};

let folder: string;
let sandbox: Sandbox;
let runtime: Runtime;
let publicUrl: string;
let closeApi: () => Promise<void>;

async function begin(): Promise<void> {
  const { connectors } = await loadConnectors([packagedConnectors]);
  const store = await openSqliteStore({ file: path.join(folder, 'anyhook.db'), secretKey: Buffer.alloc(32, 7) });
  const log = createLog('silent');
  const { rules } = compileAddressRules(['127.0.0.0/8']);
  const concurrency = { pollConcurrency: 4, deliveryConcurrency: 4 };
  const common = { store, connectors, addressRules: rules, log, userAgent: 'anyhook/test', clock, publicUrl };
  runtime = createRuntime({ ...common, ...concurrency });
  const server = createServer({ runtime, log });
  await listen(server, { host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
  closeApi = async () => {
    await server.close();
  };
}

async function stop(): Promise<void> {
  await closeApi();
  await runtime.close();
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-webhooks-'));
  publicUrl = `http://127.0.0.1:${await freePort()}`;
});

afterEach(async () => {
  await stop();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

async function call(method: string, url: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer pat-na1-sandbox' };
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  expect(response.ok, `${method} ${url}: ${response.status} ${text}`).toBe(true);
  return text === '' ? {} : JSON.parse(text);
}

const eventsOf = async (id: string): Promise<readonly AnyhookEvent[]> =>
  ((await runtime.listEvents(id, 0, 100)) ?? []).filter(isChange);

async function untilEvents(id: string, count: number): Promise<readonly AnyhookEvent[]> {
  for (;;) {
    const events = await eventsOf(id);
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const told = (events: readonly AnyhookEvent[]) => events.map(({ data }) => [data.change, data.origin, data.objectId]);

/** All posts are made and answered. */
const sent = () => call('GET', `${sandbox.origin}/_sandbox/webhooks`);

async function pollAll(id: string): Promise<void> {
  nowMs += 10_000;
  const outcomes = await runtime.pollNow(id, 'contact');
  expect(outcomes?.map(({ failure }) => failure)).toEqual([null, null]);
}

async function startHubspot(): Promise<string> {
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock: { now: () => nowMs } });
  await begin();
  const details = await call('GET', `${sandbox.origin}/account-info/v3/details`);
  const created = await runtime.createInstance({
    connector: 'hubspot',
    settings: { baseUrl: sandbox.origin, portalId: String(details['portalId']) },
    credentials: { accessToken: 'pat-na1-sandbox', clientSecret: 'sandbox-secret' },
    objects: { contact: {} },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
  const app = `${sandbox.origin}/webhooks/v3/1160452`;
  await call('PUT', `${app}/settings?hapikey=${developerKey}`, {
    targetUrl: `${publicUrl}/v1/inbound/hubspot/events?a=%2Fb`,
    throttling: { maxConcurrentRequests: 10, period: 'SECONDLY' },
  });
  for (const eventType of ['contact.creation', 'contact.deletion', 'contact.propertyChange']) {
    const named = eventType === 'contact.propertyChange' ? { propertyName: 'email' } : {};
    await call('POST', `${app}/subscriptions?hapikey=${developerKey}`, { eventType, active: true, ...named });
  }
  await pollAll(created.value.id);
  nowMs += 1_000;
  return created.value.id;
}

const contacts = () => `${sandbox.origin}/crm/v3/objects/contacts`;
const add = async (email: string) => String((await call('POST', contacts(), { properties: { email } }))['id']);

describe('webhooks of hubspot', () => {
  it('tell of a change once, whoever tells it: webhook, then poll', async () => {
    const id = await startHubspot();
    runtime.start();
    const record = await add('mara@lindcycles.example');
    await sent();
    await untilEvents(id, 1);
    nowMs += 60_000;
    await call('DELETE', `${contacts()}/${record}`);
    await sent();
    await untilEvents(id, 2);
    await pollAll(id);
    expect(told(await eventsOf(id))).toEqual([
      ['created', 'webhook', record],
      ['deleted', 'webhook', record],
    ]);
  });

  it('tell of a change once: poll, then webhook, even from a backlog read after a restart', async () => {
    const id = await startHubspot();
    const record = await add('mara@lindcycles.example');
    await sent();
    await pollAll(id);
    nowMs += 1_000;
    await call('DELETE', `${contacts()}/${record}`);
    await sent();
    await pollAll(id);
    const before = await eventsOf(id);
    expect(told(before)).toEqual([
      ['created', 'poll', record],
      ['deleted', 'poll', record],
    ]);
    // Acknowledged and not worked on: the process ends, and another takes over.
    await stop();
    await begin();
    runtime.start();
    nowMs += 60_000;
    const later = await add('later@lindcycles.example');
    await sent();
    expect(told((await untilEvents(id, 3)).slice(2))).toEqual([['created', 'webhook', later]]);
    expect((await eventsOf(id)).slice(0, 2)).toEqual(before);
  });

  it('that were lost are repaired by the poll, and counted', async () => {
    const id = await startHubspot();
    runtime.start();
    await add('first@lindcycles.example');
    await sent();
    await untilEvents(id, 1);
    await call('PUT', `${sandbox.origin}/webhooks/v3/1160452/settings?hapikey=${developerKey}`, {
      targetUrl: 'http://127.0.0.1:9/',
      throttling: { maxConcurrentRequests: 10, period: 'SECONDLY' },
    });
    nowMs += 1_000;
    const lost = await add('lost@lindcycles.example');
    nowMs += 60_000;
    await pollAll(id);
    expect(told((await untilEvents(id, 2)).slice(1))).toEqual([['created', 'reconcile', lost]]);
    const polls = (await runtime.getInstance(id))?.objects['contact']?.polls;
    expect(polls?.find(({ feed }) => feed === 'changes')).toMatchObject({ webhooksLost: 1 });
  });
});

it('refuses what is not signed, and says nothing of why', async () => {
  const id = await startHubspot();
  for (const url of [`${publicUrl}/v1/inbound/hubspot/events`, `${publicUrl}/v1/inbound/hubspot/events/${id}`]) {
    const headers = {
      'content-type': 'application/x-anything',
      'x-hubspot-signature-v3': 'AAAA',
      'x-hubspot-request-timestamp': String(nowMs),
    };
    const answer = await fetch(url, { method: 'POST', headers, body: '[{"objectId":1}]' });
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url, { method: 'POST', body: Buffer.alloc(2_000_000) })).status).toBe(413);
  }
  for (const unknown of ['nobody/events', 'hubspot/none', 'hubspot/events/ins_none']) {
    expect((await fetch(`${publicUrl}/v1/inbound/${unknown}`, { method: 'POST' })).status).toBe(404);
  }
  expect(await eventsOf(id)).toEqual([]);
});

it('takes outbound messages of salesforce, and reads the record from the org itself', async () => {
  sandbox = await startSandbox({ vendor: 'salesforce', port: 0, clock: { now: () => nowMs } });
  await begin();
  const { connectors } = await loadConnectors([packagedConnectors]);
  const access = connectors.get('salesforce')?.definition.sandbox;
  const { organizationId } = await import('../src/sandbox/salesforce/outbound.ts');
  const created = await runtime.createInstance({
    connector: 'salesforce',
    settings: { loginUrl: sandbox.origin, organizationId },
    credentials: { ...access?.credentials },
    objects: { contact: {} },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
  const { id } = created.value;
  await pollAll(id);
  runtime.start();
  const url = `${publicUrl}/v1/inbound/salesforce/outbound/${id}`;
  await call('POST', `${sandbox.origin}/_sandbox/webhooks`, { url, object: 'Contact', fields: ['LastName'] });
  nowMs += 1_000;
  const record = await call('POST', `${sandbox.origin}/_sandbox/records`, {
    object: 'Contact',
    record: { LastName: 'Lind' },
  });
  const attempts = (await sent())['attempts'] as readonly Record<string, unknown>[];
  expect(attempts.length).toBeGreaterThan(0);
  const events = await untilEvents(id, 1);
  expect(told(events)).toEqual([['created', 'webhook', expect.any(String)]]);
  expect(JSON.stringify(record)).toContain(events[0]?.data.objectId ?? 'no id');
  await pollAll(id);
  expect(await eventsOf(id)).toEqual(events);
});
