/**
 * SIGKILL between the moment at which a webhook is acknowledged and the one at which its record is read: started again,
 * the runtime tells of it, once. The real process and the real store; only the moment is chosen.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { atSandbox } from '../../src/cli/sandbox-instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import type { InstanceView } from '../../src/engine/api.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { freePort } from '../inbound/free-port.ts';
import { type Sender, senders, type Telling } from '../inbound/senders.ts';
import { program } from '../suite/program.ts';
import { jsonCall } from './json-call.ts';
import { RuntimeProcess } from './runtime-process.ts';

const { connectors } = await loadConnectors();

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Told {
  readonly subject: string;
  readonly type: string;
  readonly data: { readonly origin: string };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** A store, a vendor, and the runtime between them, which ends and begins as the test says. */
async function openBench({ vendor, object, settings, credentials }: Sender) {
  const data = await mkdtemp(path.join(tmpdir(), 'anyhook-webhook-'));
  closing.push(() => rm(data, { recursive: true }));
  const sandbox = await startSandbox({ vendor, port: 0, faults: { webhookLossRate: 1 } });
  closing.push(() => sandbox.close());
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const secretKey = Buffer.alloc(32, 7).toString('base64');
  const start = async (): Promise<RuntimeProcess> => {
    const runtime = new RuntimeProcess({ program: [program], data, storeUrl: null, secretKey, publicUrl });
    closing.push(() => runtime.kill());
    await runtime.ready();
    return runtime;
  };
  const runtime = await start();
  const { apiKey } = runtime;
  const connector = connectors.get(vendor);
  if (connector === undefined) throw new Error(`no connector ${vendor}`);
  const access = atSandbox(connector, sandbox.origin);
  const { id } = await jsonCall<InstanceView>(`${publicUrl}/v1/instances`, {
    method: 'POST',
    apiKey,
    body: {
      connector: vendor,
      settings: { ...access.settings, ...settings },
      credentials: { ...access.credentials, ...credentials },
      // Only a webhook can tell of it in the time of a test.
      objects: { [object]: { intervalSeconds: 86_400 } },
    },
  });
  const instanceUrl = `${publicUrl}/v1/instances/${id}`;
  const poll = () => jsonCall(`${instanceUrl}/objects/${object}/poll`, { method: 'POST', apiKey });
  const hasBegun = async (): Promise<boolean> => {
    const polls = (await jsonCall<InstanceView>(instanceUrl, { apiKey })).objects[object]?.polls ?? [];
    return polls.some(({ feed, cursor }) => feed === 'changes' && cursor !== null);
  };
  while (!(await hasBegun())) {
    await pause();
    // The runtime may be polling it by itself.
    await poll().catch(() => {});
  }
  const events = async () =>
    (await jsonCall<{ items: readonly Told[] }>(`${instanceUrl}/events?after=0`, { apiKey })).items;
  return { sandbox, publicUrl, id, runtime, start, events, poll };
}

/** Posts as the vendor would. */
async function send(sender: Sender, bench: { sandbox: Sandbox; publicUrl: string; id: string }, telling: Telling) {
  const { sandbox, publicUrl, id } = bench;
  const url = (way: string, instanceId?: string) =>
    `${publicUrl}/v1/inbound/${sender.vendor}/${way}${instanceId === undefined ? '' : `/${instanceId}`}`;
  const post = sender.post({ sandbox, now: Date.now, url }, id, [telling]);
  const answer = await fetch(post.url, { method: 'POST', body: post.body, headers: post.headers });
  await answer.arrayBuffer();
  return answer.status;
}

describe.each(senders)('$vendor', (sender) => {
  it('is asked again for the record of a webhook that was acknowledged before a kill', {
    timeout: 240_000,
  }, async () => {
    const bench = await openBench(sender);
    const { sandbox, runtime, start, events, poll } = bench;
    const control = (name: string, method: string, body: unknown) =>
      jsonCall<{ id: string }>(`${sandbox.origin}/_sandbox/${name}`, { method, body });
    // The vendor takes so long over a record that the kill comes first.
    await control('faults', 'PATCH', { slowBodyMs: 30_000 });
    const { id: recordId } = await control('records', 'POST', { object: sender.native, record: sender.draft });
    const telling: Telling = { change: 'created', recordId, atMs: Date.now(), mark: 'm-1' };
    expect(await send(sender, bench, telling)).toBe(200);
    expect(await events()).toEqual([]);
    expect(await runtime.kill()).toBe(true);

    await control('faults', 'PATCH', { slowBodyMs: 0 });
    const second = await start();
    while ((await events()).length === 0) await pause();
    // The vendor had no answer, as it may seem to it, and sends it again.
    expect(await send(sender, bench, telling)).toBe(200);
    const { id: later } = await control('records', 'POST', { object: sender.native, record: sender.draft });
    expect(await send(sender, bench, { ...telling, recordId: later, atMs: Date.now(), mark: 'm-2' })).toBe(200);
    while ((await events()).length < 2) await pause();
    // Of its deletes the runtime may just be asking by itself.
    for (let isPolled = false; !isPolled; await pause())
      isPolled = await poll().then(
        () => true,
        () => false,
      );
    expect((await events()).map(({ subject, data }) => [subject, data.origin])).toEqual([
      [recordId, 'webhook'],
      [later, 'webhook'],
    ]);
    expect(await second.stop()).toBe(0);
  });
});
