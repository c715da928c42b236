/** Our own clock leaps, or the machine sleeps, while a poll is under way: its lease is over before it is. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InstanceView, PollOutcome } from '../../src/engine/api.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AServer, startAServer } from './a-server.ts';

/** Longer than a lease, and no longer than clocks may differ and still be taken for one. */
const leapMs = 28_000;

let server: AServer;
let sandbox: Sandbox;
/** Before the sandbox: what is asked for waits until it is let through. */
let gate: Server;
let waiting: (() => void)[] | null = null;
let onWaiting = (): void => {};

beforeAll(async () => {
  server = await startAServer();
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0 });
  gate = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const held = waiting;
    if (held !== null && request.url?.endsWith('/search') === true) {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        onWaiting();
      });
    }
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${sandbox.origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== '' && { body }),
    });
    const headers = { 'content-type': 'application/json', date: answer.headers.get('date') ?? '' };
    response.writeHead(answer.status, headers).end(await answer.text());
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  gate.closeAllConnections();
  gate.close();
  await sandbox.close();
  await server.close();
});

it('is polled by one all the same: whoever has lost the lease stores nothing, and each change is told once', async () => {
  const { body: made } = await server.call<InstanceView>('POST', '/v1/instances', {
    connector: 'hubspot',
    settings: { baseUrl: `http://127.0.0.1:${(gate.address() as AddressInfo).port}` },
    credentials: { accessToken: sandbox.credentials['privateAppToken'] },
    objects: { contact: { start: 'everything' } },
  });
  const path = `/v1/instances/${made.id}`;
  const poll = () => server.call<{ polls: readonly PollOutcome[] }>('POST', `${path}/objects/contact/poll`);
  const begun: Promise<Awaited<ReturnType<typeof poll>>>[] = [];
  const held: (() => void)[] = [];
  waiting = held;
  for (let count = 0; count < 2; count += 1) {
    const isHeld = new Promise<void>((resolve) => {
      onWaiting = resolve;
    });
    begun.push(poll());
    await isHeld;
    server.advance(leapMs);
  }
  waiting = null;
  const failures: (string | undefined)[] = [];
  for (const [index, resume] of held.entries()) {
    resume();
    const outcome = (await begun[index])?.body.polls.find(({ feed }) => feed === 'changes');
    failures.push(outcome?.failure?.code);
  }
  expect(failures).toEqual(['lease-lost', undefined]);
  const { body: told } = await server.call<{ items: readonly AnyhookEvent[] }>('GET', `${path}/events?limit=1000`);
  const subjects = told.items.map(({ subject }) => subject);
  expect(subjects.length).toBeGreaterThan(0);
  expect(new Set(subjects).size).toBe(subjects.length);
});
