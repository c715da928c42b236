/**
 * The main job, through real sockets: a record created, edited twice and deleted at the vendor gives exactly created,
 * updated, updated, deleted at the callback, in order, judged by other people's verifier and parser.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CloudEventV1, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detection } from '../src/connector/connector.ts';
import { loadConnectors, packagedConnectors } from '../src/connector/load.ts';
import { createApiKey } from '../src/engine/api-keys.ts';
import { createLog } from '../src/engine/log.ts';
import { createRuntime } from '../src/engine/runtime.ts';
import { compileAddressRules } from '../src/http/address-rules.ts';
import { type Clock, systemClock } from '../src/http/clock.ts';
import { type Sandbox, startSandbox, vendors } from '../src/sandbox/sandbox.ts';
import { listen } from '../src/server/listen.ts';
import { createServer as createApi } from '../src/server/server.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { mainObject } from './suite/main-object.ts';

/** A receiver that keeps what arrives and lets a test wait for the n-th. */
async function startReceiver() {
  const received: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  let told = (): void => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(204).end();
    told();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    async until(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((resolve) => (told = resolve));
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** One clock for the vendor and for us, set by hand; it stays within the five minutes around now that verifiers allow. */
let nowMs = Date.now() - 280_000;
const clock: Clock = { ...systemClock, now: () => nowMs, steady: () => nowMs };

let folder: string;
let apiUrl: string;
let apiKey: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-'));
  const { connectors } = await loadConnectors([packagedConnectors]);
  const store = await openSqliteStore({ file: path.join(folder, 'anyhook.db'), secretKey: Buffer.alloc(32, 7) });
  const log = createLog('silent');
  const { rules } = compileAddressRules(['127.0.0.0/8']);
  const runtime = createRuntime({
    store,
    connectors,
    addressRules: rules,
    log,
    pollConcurrency: 4,
    deliveryConcurrency: 4,
    userAgent: 'anyhook/test',
    clock,
  });
  apiKey = await createApiKey(store, 'test', nowMs);
  const server = createApi({ runtime, log });
  apiUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  runtime.start();
  closing.push(
    () => server.close(),
    () => runtime.close(),
    () => rm(folder, { recursive: true }),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
});

async function call(method: string, url: string, body?: unknown): Promise<Record<string, never>> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.ok, `${method} ${url}: ${response.status} ${text}`).toBe(true);
  return text === '' ? {} : JSON.parse(text);
}

/** How long after a change a poll tells of it, at the soonest. */
const settleSeconds = (detection: Detection | null): number =>
  detection !== null && 'cursor' in detection ? detection.cursor.settleSeconds : 0;

describe.each(vendors)('a change in the %s sandbox becomes one signed event', (vendor) => {
  let sandbox: Sandbox;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    sandbox = await startSandbox({ vendor, port: 0, clock: { now: () => nowMs } });
    receiver = await startReceiver();
    closing.unshift(
      () => sandbox.close(),
      () => receiver.close(),
    );
  });

  it('created, updated, updated, deleted: in order, signed, once', async () => {
    const { connectors } = await loadConnectors([packagedConnectors]);
    const connector = connectors.get(vendor);
    if (connector === undefined) throw new Error(`no connector ${vendor}`);
    const { definition } = connector;
    const { name, changes, deletes } = mainObject(connector);
    const settleMs = Math.max(...[changes, deletes].map(settleSeconds)) * 1_000;
    const access = definition.sandbox;
    const settings = JSON.parse(JSON.stringify(access?.settings).replaceAll('{origin}', sandbox.origin));
    const made = await call('POST', `${apiUrl}/v1/instances`, {
      connector: vendor,
      name: 'End to end',
      settings,
      credentials: access?.credentials,
      callback: { url: receiver.url },
      objects: { [name]: { intervalSeconds: 86_400 } },
    });
    const instance = made as unknown as { id: string; callback: { secret: string } };
    const poll = async (): Promise<void> => {
      nowMs += settleMs + 8_000;
      const outcome = await call('POST', `${apiUrl}/v1/instances/${instance.id}/objects/${name}/poll`);
      expect(JSON.stringify(outcome)).not.toContain('"failure":{');
    };
    await firstPollOver(instance.id, name);

    const object = definition.sandbox?.objects[name];
    const edit = async (action: string, id?: string): Promise<string> => {
      nowMs += 5_000;
      const done = await call('POST', `${sandbox.origin}/_sandbox/edit`, { object, action, id });
      return (done as unknown as readonly [{ id: string }])[0].id;
    };
    const id = await edit('create');
    await poll();
    for (const action of ['update', 'update', 'delete']) {
      await edit(action, id);
      await poll();
    }
    await receiver.until(4);
    await poll();

    const webhook = new Webhook(instance.callback.secret);
    const events = receiver.received.map(({ headers, body }) => {
      expect(webhook.verify(body, headers)).toBeTruthy();
      const event = HTTP.toEvent({ headers, body }) as CloudEventV1<{ objectId: string; record: unknown }>;
      expect(headers['webhook-id']).toBe(event.id);
      return event;
    });
    expect(events.map((event) => event.type)).toEqual([
      `${name}.created`,
      `${name}.updated`,
      `${name}.updated`,
      `${name}.deleted`,
    ]);
    expect(events.map((event) => event.sequence)).toEqual(['1', '2', '3', '4']);
    expect(new Set(events.map((event) => event.id)).size).toBe(4);
    expect(new Set(events.map((event) => event.data?.objectId))).toEqual(new Set([id]));
    const stored = await call('GET', `${apiUrl}/v1/instances/${instance.id}/events?after=0`);
    expect((stored.items as unknown as { id: string }[]).map((event) => event.id)).toEqual(
      events.map((event) => event.id),
    );
  });

  /** The poll that an instance starts with; ours must not meet it. */
  async function firstPollOver(id: string, object: string): Promise<void> {
    for (;;) {
      const shown = await call('GET', `${apiUrl}/v1/instances/${id}`);
      const shownObjects = shown.objects as unknown as Record<string, { polls: { lastPolledAt: string | null }[] }>;
      if (shownObjects[object]?.polls.every((poll) => poll.lastPolledAt !== null)) return;
    }
  }
});
