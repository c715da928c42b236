/** From a change at a vendor to its event and its delivery, over the API alone. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InstanceView, PollOutcome } from '../../src/engine/api.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AServer, startAServer } from './a-server.ts';

interface EventPage {
  readonly items: readonly AnyhookEvent[];
  readonly next: number | null;
}

interface AttemptItem {
  readonly number: number;
  readonly at: string;
  readonly status: number | null;
}

let server: AServer;
let sandbox: Sandbox;
let receiver: Server;
let instance: InstanceView;

/** Both clocks, so that what was written before lies in a window that is closed. */
async function advance(ms: number): Promise<void> {
  server.advance(ms);
  await sandboxCall('/_sandbox/clock', { advanceMs: ms });
}

async function sandboxCall(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${sandbox.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

const accepted = () => ({ accessToken: sandbox.credentials['privateAppToken'] });

const addContact = (email: string, city: string): Promise<void> =>
  sandboxCall('/_sandbox/records', { object: 'contacts', record: { properties: { email, city } } });

const poll = async (): Promise<readonly PollOutcome[]> => {
  const path = `/v1/instances/${instance.id}/objects/contact/poll`;
  const { status, body } = await server.call<{ polls: readonly PollOutcome[] }>('POST', path);
  expect(status).toBe(200);
  return body.polls;
};

beforeAll(async () => {
  server = await startAServer();
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0 });
  receiver = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { body } = await server.call<InstanceView>('POST', '/v1/instances', {
    connector: 'hubspot',
    settings: { baseUrl: sandbox.origin },
    credentials: accepted(),
    callback: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` },
    objects: { contact: { where: "city = 'Berlin'" } },
  });
  instance = body;
  await poll();
  for (let index = 0; index < 5; index += 1) await addContact(`${index}@example.com`, 'Berlin');
  await addContact('elsewhere@example.com', 'Paris');
  await advance(60_000);
});

afterAll(async () => {
  await sandbox.close();
  receiver.close();
  await server.close();
});

describe('watching', () => {
  it('polls now, and tells what each feed did', async () => {
    const polls = await poll();
    expect(polls.map(({ feed }) => feed)).toEqual(['changes', 'deletes']);
    expect(polls[0]).toMatchObject({ created: 5, updated: 0, failure: null });
    const { body } = await server.call<InstanceView>('GET', `/v1/instances/${instance.id}`);
    expect(body.objects['contact']?.polls[0]).toMatchObject({ feed: 'changes', failures: 0, cursor: polls[0]?.cursor });
  });

  it('lists events in sequence, page by page, from wherever one is', async () => {
    const path = `/v1/instances/${instance.id}/events`;
    const all = await server.call<EventPage>('GET', path);
    expect(all.body.items.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5']);
    expect(all.body.next).toBeNull();
    const first = await server.call<EventPage>('GET', `${path}?limit=2`);
    expect([first.body.items.length, first.body.next]).toEqual([2, 2]);
    const second = await server.call<EventPage>('GET', `${path}?limit=3&after=${first.body.next}`);
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items);
    expect(second.body.next).toBeNull();
    const beyond = await server.call<EventPage>('GET', `${path}?after=5`);
    expect(beyond.body).toEqual({ items: [], next: null });
  });

  it.each(['after=-1', 'after=x', 'after=99999999999999999999', 'limit=0', 'limit=1001'])(
    'refuses ?%s',
    async (query) => {
      const { status } = await server.call('GET', `/v1/instances/${instance.id}/events?${query}`);
      expect(status).toBe(400);
    },
  );

  it('answers 409 while another poll of the object is under way', async () => {
    const key = { instanceId: instance.id, object: 'contact', feed: 'changes' } as const;
    const now = Date.now() + 120_000;
    const leased = await server.store.leasePoll(key, { owner: 'another', now, leaseMs: 60_000 });
    if (leased === null) throw new Error('not leased');
    const { status, headers, body } = await server.call('POST', `/v1/instances/${instance.id}/objects/contact/poll`);
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body).toMatchObject({ failure: { code: 'lease-lost', retryable: true } });
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
    await server.store.finishPoll({ key, owner: 'another', dueAt: now, now, failure: null });
  });

  it('tells how a poll went wrong in its outcome', async () => {
    const path = `/v1/instances/${instance.id}`;
    await server.call('PATCH', path, { credentials: { accessToken: 'pat-revoked-token' } });
    await advance(60_000);
    const [changes] = await poll();
    expect(changes?.failure).toMatchObject({ code: 'credentials-refused', retryable: false });
    await server.call('PATCH', path, { credentials: accepted() });
  });

  it('answers 404 for an object that is not watched', async () => {
    const { status, body } = await server.call('POST', `/v1/instances/${instance.id}/objects/account/poll`);
    expect([status, body.code]).toEqual([404, 'not-found']);
  });

  it('is ready once the workers run, and shows each attempt to deliver', async () => {
    expect((await server.call('GET', '/readyz')).status).toBe(503);
    server.runtime.start();
    expect((await server.call('GET', '/readyz')).body).toEqual({ status: 'ready' });
    const { body: page } = await server.call<EventPage>('GET', `/v1/instances/${instance.id}/events?limit=1`);
    const path = `/v1/events/${page.items[0]?.id}/attempts`;
    await vi.waitFor(
      async () => {
        const { body } = await server.call<{ items: readonly AttemptItem[] }>('GET', path);
        expect(body.items).toMatchObject([{ number: 1, status: 204, failure: null }]);
      },
      { timeout: 10_000, interval: 50 },
    );
    expect((await server.call('GET', '/v1/events/evt_none/attempts')).status).toBe(404);
  });
});
