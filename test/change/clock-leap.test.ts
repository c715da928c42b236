/** A server of the vendor whose clock is days ahead answers now and then: the cursor must not go there with it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { learnVendorClock } from '../../src/change/vendor-clock.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { mainObject } from '../suite/main-object.ts';
import { accessSandbox } from '../suite/vendor-access.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const threeDaysMs = 3 * 86_400_000;
const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));
/** By how much each of the next answers is off. */
const offMs: number[] = [];

let sandbox: Sandbox;
/** Before the sandbox: passes everything on, and answers with another Date. */
let balancer: Server;
beforeAll(async () => {
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock });
  balancer = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization = '', 'content-type': type = 'application/json' } = request.headers;
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(`${sandbox.origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': type },
      ...body,
    });
    const date = new Date(clock.now() + (offMs.shift() ?? 0)).toUTCString();
    response.writeHead(answer.status, { 'content-type': 'application/json', date }).end(await answer.text());
  });
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  balancer.closeAllConnections();
  balancer.close();
  await sandbox.close();
});

const create = async (): Promise<void> => {
  const body = JSON.stringify({ object: 'contacts', record: { properties: { email: 'mara@example.com' } } });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.origin}/_sandbox/records`, { method: 'POST', headers, body });
  expect(answer.ok).toBe(true);
};

/** An account that was polled never. */
async function openLine() {
  const connector = (await loadConnectors()).connectors.get('hubspot');
  if (connector === undefined) throw new Error('no connector');
  const { port } = balancer.address() as AddressInfo;
  const { settings, open } = accessSandbox(connector, `http://127.0.0.1:${port}`, clock);
  const client = open();
  const object = mainObject(connector);
  const source = { connector, object, feed: 'changes' as const, detection: object.changes, settings };
  const memory = createMemoryStates(clock.now());
  const state = memory.state();
  const poll = async (): Promise<void> => {
    clock.advance(600_000);
    const instance = { id: 'i', name: 'i', tags: [] };
    const ports = { client, state, now: clock.now };
    await learnVendorClock({ ...source, instance }, ports);
    await pollFeed({ ...source, instance }, ports, emptyReport('changes', state.cursor));
  };
  return { memory, state, poll, client };
}

test('what changes after such answers is told', async () => {
  const { memory, state, poll, client } = await openLine();
  await poll();
  offMs.push(threeDaysMs, threeDaysMs);
  for (let polls = 0; polls < 4; polls += 1) {
    await poll();
    expect(state.cursor?.ms).toBeLessThan(clock.now());
    await create();
  }
  expect(offMs).toEqual([]);
  await poll();
  expect(memory.events).toHaveLength(4);
  await client.close();
});

test('when all answers were so for a while, it is said that nothing is found until then', async () => {
  const { state, poll, client } = await openLine();
  await poll();
  offMs.push(...Array.from({ length: 12 }, () => threeDaysMs));
  while (offMs.length > 0) await poll();
  expect(state.cursor?.ms).toBeGreaterThan(clock.now() + threeDaysMs / 2);
  // So many as it took to be believed are right again.
  const failures: unknown[] = [];
  for (let polls = 0; polls < 12; polls += 1) await poll().catch((error: unknown) => failures.push(error));
  expect(failures.at(-1)).toMatchObject({ code: 'vendor-clock-behind', retryable: true });
  await client.close();
});
