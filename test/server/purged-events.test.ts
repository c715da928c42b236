/** What a receiver learns of events that are no longer kept. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { commitEvents, eventOf, instanceOf, keyOf, pollOf } from '../suite/store-builders.ts';
import { type AServer, startAServer } from './a-server.ts';

const dayMs = 24 * 3_600_000;
let server: AServer;

beforeAll(async () => {
  server = await startAServer();
  await server.store.createInstance(instanceOf('a', { callback: null }), [pollOf(keyOf('a'))]);
  const add = (id: string, now: number) =>
    commitEvents(
      server.store,
      keyOf('a'),
      [eventOf('a', `${id}1`, 1), eventOf('a', `${id}2`, 1)].map((event) => ({
        ...event,
        id: `evt_${id.repeat(51)}${event.subject.endsWith('1') ? 'a' : 'b'}`,
      })),
      { now },
    );
  await add('a', Date.now() - 31 * dayMs);
  await add('b', Date.now());
});
afterAll(() => server.close());

const list = (query: string) =>
  server.call<{ items: readonly { sequence: string }[]; code?: string; oldestSequence?: number; detail?: string }>(
    'GET',
    `/v1/instances/a/events${query}`,
  );
const sequencesOf = async (query: string) => (await list(query)).body.items.map(({ sequence }) => sequence);

it('events are purged in the background when their time is over, and a gap by age is told from a loss', async () => {
  expect(await sequencesOf('?after=0')).toEqual(['1', '2', '3', '4']);
  server.runtime.start();
  await vi.waitFor(async () => expect((await list('?after=0')).status).toBe(410));

  const gone = await list('?after=1');
  expect(gone.status).toBe(410);
  expect(gone.body).toMatchObject({ code: 'events-purged', oldestSequence: 3 });
  expect(gone.body.detail).toBe('Events 2 to 2 are no longer kept; ask for those after 2.');
  expect(await sequencesOf('?after=2')).toEqual(['3', '4']);
  expect(await sequencesOf('?after=3')).toEqual(['4']);
  expect(await sequencesOf('?after=9')).toEqual([]);
  expect(await sequencesOf('')).toEqual(['3', '4']);
});

it('an instance that is deleted is gone at once, and what it had soon after', async () => {
  expect((await server.call('DELETE', '/v1/instances/a')).status).toBe(204);
  expect((await list('')).status).toBe(404);
  expect((await server.call('GET', `/v1/events/evt_${'b'.repeat(52)}/attempts`)).status).toBe(404);
  await vi.waitFor(async () => expect(await server.store.sweep(1)).toBe(false));
});
