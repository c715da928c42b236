/**
 * SIGKILL in the middle of a poll of several pages: started again, the runtime loses no event and stores none twice.
 * The real process, the real store, the real callback; only the moment is chosen.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { startSandbox, vendors } from '../../src/sandbox/sandbox.ts';
import { mainObject } from '../suite/main-object.ts';
import { program } from '../suite/program.ts';

const pages = 5;
const recordsPerPage = 20;
const records = pages * recordsPerPage;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts `anyhook serve` and answers when it listens. */
async function serve(data: string): Promise<{ url: string; apiKey: string | null; process: ChildProcess }> {
  const args = [
    program,
    'serve',
    '--data',
    data,
    '--port',
    '0',
    '--allow-address',
    '127.0.0.0/8',
    '--log-level',
    'warn',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(() => child.kill('SIGKILL'));
  let apiKey: string | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    apiKey = /ahk_\S+/.exec(line)?.[0] ?? apiKey;
    const url = /Listening at (\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      return { url, apiKey, process: child };
    }
  }
  throw new Error('the runtime ended before it listened');
}

/** A customer's ledger of what arrived: webhook-id → the bodies that came under it. */
async function startReceiver() {
  const ledger = new Map<string, Set<string>>();
  let told = (): void => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const id = String(request.headers['webhook-id']);
    ledger.set(id, (ledger.get(id) ?? new Set()).add(body));
    response.writeHead(204).end();
    told();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ledger,
    async until(count: number): Promise<void> {
      while (ledger.size < count) await new Promise<void>((resolve) => (told = resolve));
    },
  };
}

async function post(url: string, apiKey: string | null, body: unknown, method = 'POST'): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }) };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return JSON.parse(text);
}

describe.each(vendors)('%s', (vendor) => {
  it(`loses nothing and doubles nothing when killed in a poll of ${pages} pages`, { timeout: 120_000 }, async () => {
    const data = await mkdtemp(path.join(tmpdir(), 'anyhook-kill-'));
    closing.push(() => rm(data, { recursive: true }));
    const sandbox = await startSandbox({ vendor, port: 0, faults: { pageSize: recordsPerPage } });
    closing.push(() => sandbox.close());
    const receiver = await startReceiver();
    const connector = (await loadConnectors()).connectors.get(vendor);
    if (connector === undefined) throw new Error(`no connector of ${vendor}`);
    const access = connector.definition.sandbox;
    const { name } = mainObject(connector);
    const first = await serve(data);
    const made = (await post(`${first.url}/v1/instances`, first.apiKey, {
      connector: vendor,
      settings: JSON.parse(JSON.stringify(access?.settings).replaceAll('{origin}', sandbox.origin)),
      credentials: access?.credentials,
      callback: { url: receiver.url },
      objects: { [name]: { intervalSeconds: 1 } },
    })) as { readonly id: string };

    // From the start on, which is a moment on the vendor's clock once the first polls are over, all counts.
    const headers = { authorization: `Bearer ${first.apiKey}` };
    await vi.waitUntil(
      async () => {
        const view = await (await fetch(`${first.url}/v1/instances/${made.id}`, { headers })).json();
        const { polls } =
          (view as { objects: Record<string, { polls: readonly { cursor: unknown }[] }> }).objects[name] ?? {};
        return polls?.every(({ cursor }) => cursor !== null);
      },
      { timeout: 30_000, interval: 50 },
    );
    const object = access?.objects[name];
    await post(`${sandbox.origin}/_sandbox/faults`, null, { slowBodyMs: 200 }, 'PATCH');
    await post(`${sandbox.origin}/_sandbox/edit`, null, { object, action: 'create', count: records });
    await receiver.until(1);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    expect(receiver.ledger.size, 'the kill came too late to be in the middle').toBeLessThan(records);

    const second = await serve(data);
    expect(second.apiKey).toBeNull();
    await receiver.until(records);
    const answer = await fetch(`${second.url}/v1/instances/${made.id}/events?after=0&limit=1000`, { headers });
    const { items } = (await answer.json()) as {
      readonly items: readonly { id: string; sequence: string; subject: string }[];
    };
    expect(items.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: records }, (_, index) => index + 1),
    );
    expect(new Set(items.map(({ subject }) => subject)).size).toBe(records);
    expect([...receiver.ledger.keys()].sort()).toEqual(items.map(({ id }) => id).sort());
    // An answer lost with the process brings the same event again: the same bytes under the same id.
    expect([...receiver.ledger.values()].every((bodies) => bodies.size === 1)).toBe(true);
    second.process.kill('SIGTERM');
    const [code] = await once(second.process, 'exit');
    expect(code).toBe(0);
  });
});
