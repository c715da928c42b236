/** What only several processes can do to each other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, PollKey, Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { entryOf, eventOf, instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from '../suite/store-builders.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

const secretKey = Buffer.alloc(32, 7);
const child = fileURLToPath(new URL('./postgres-child.ts', import.meta.url));
const owners = ['one', 'two', 'three', 'four'];
let server: PostgresServer;
let schemas = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe('stores that share a database', () => {
  let schema: string;
  let stores: Store[];
  const open = () => openPostgresStore({ url: server.url, secretKey, schema, poolSize: 3 });
  beforeEach(async () => {
    schemas += 1;
    schema = `parallel_${schemas}`;
    stores = await Promise.all(owners.map(open));
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  const first = () => stores[0] as Store;
  /** Each store at the same time, as the owner of its name. */
  const inParallel = <T>(run: (store: Store, owner: string) => Promise<T>) =>
    Promise.all(stores.map((store, index) => run(store, owners[index] ?? '')));

  async function commitPage(store: Store, key: PollKey, owner: string, page: number): Promise<number> {
    const events = [1, 2, 3].map((record) => eventOf(key.instanceId, String(record), page, key.object));
    const ledger = events.map((event) => entryOf(event.subject, page));
    return (await store.commitPoll({ key, owner, events, ledger, cursor: { ms: page }, now: 2_000 })).length;
  }

  /** Leases and delivers until nothing is left for this one. Adds to `sent` in the order of the leases. */
  async function deliverAll(store: Store, owner: string, sent: Delivery[], isOver: () => boolean): Promise<void> {
    for (;;) {
      const wasOver = isOver();
      const leased = await store.leaseDeliveries({ owner, now: 3_000, leaseMs, limit: 5 });
      if (leased.length === 0 && wasOver) return;
      sent.push(...leased);
      const ends = leased.map((delivery) => store.finishDelivery(outcomeOf(delivery, owner, { at: 3_000 })));
      expect(await Promise.all(ends)).toEqual(leased.map(() => true));
    }
  }

  async function checkStream(instanceId: string, count: number): Promise<void> {
    const events = await first().listEvents({ instanceId, after: 0, limit: 100_000 });
    expect(events.map((event) => Number(event.sequence))).toEqual(
      Array.from({ length: count }, (_, place) => place + 1),
    );
  }

  it('never lease the same poll', async () => {
    const instances = Array.from({ length: 60 }, (_, index) => `i${index}`);
    const objects = ['account', 'contact', 'invoice'];
    for (const id of instances) {
      await first().createInstance(
        instanceOf(id),
        objects.map((object) => pollOf(keyOf(id, { object }))),
      );
    }
    const leased = await inParallel(async (store, owner) => {
      const mine: string[] = [];
      for (;;) {
        const polls = await store.leasePolls({ owner, now: 2_000, leaseMs, limit: 7 });
        if (polls.length === 0) return mine;
        mine.push(...polls.map((poll) => `${poll.instanceId}/${poll.object}`));
      }
    });
    const all = instances.flatMap((id) => objects.map((object) => `${id}/${object}`));
    expect(leased.flat().toSorted()).toEqual(all.toSorted());

    const key = keyOf('i0');
    const takers = await inParallel((store, owner) => store.leasePoll(key, { owner, now: 2_000 + leaseMs, leaseMs }));
    expect(takers.filter((poll) => poll !== null)).toHaveLength(1);
  });

  it('number the events of an instance without a gap, and make each delivery once, in the order of its lane', async () => {
    const ids = ['a', 'b'];
    const pages = 15;
    for (const id of ids) {
      await first().createInstance(
        instanceOf(id),
        owners.map((object) => pollOf(keyOf(id, { object }))),
      );
    }
    let committing = owners.length;
    const delivered: Delivery[] = [];
    await Promise.all([
      inParallel(async (store, owner) => {
        for (const instanceId of ids) {
          await store.leasePoll(keyOf(instanceId, { object: owner }), { owner, now: 2_000, leaseMs });
        }
        for (let page = 1; page <= pages; page += 1) {
          const commits = ids.map((instanceId) => commitPage(store, keyOf(instanceId, { object: owner }), owner, page));
          expect(await Promise.all(commits)).toEqual([3, 3]);
        }
        committing -= 1;
      }),
      inParallel((store, owner) => deliverAll(store, owner, delivered, () => committing === 0)),
    ]);
    const count = owners.length * pages * 3;
    for (const id of ids) await checkStream(id, count);
    expect(delivered).toHaveLength(count * ids.length);
    expect(new Set(delivered.map((delivery) => delivery.event.id)).size).toBe(delivered.length);
    const last = new Map<string, number>();
    for (const { instanceId, lane, event } of delivered) {
      const sequence = Number(event.sequence);
      expect(sequence).toBeGreaterThan(last.get(`${instanceId} ${lane}`) ?? 0);
      last.set(`${instanceId} ${lane}`, sequence);
    }
    expect(await first().nextDueAt('deliveries')).toBeNull();
  });

  it('store an event once that two of them found', async () => {
    const feeds = ['changes', 'deletes'] as const;
    await first().createInstance(
      instanceOf('a'),
      feeds.map((feed) => pollOf(keyOf('a', { feed }))),
    );
    const stored = await Promise.all(
      feeds.map(async (feed, index) => {
        const store = stores[index] as Store;
        const key = keyOf('a', { feed });
        await store.leasePoll(key, { owner: feed, now: 2_000, leaseMs });
        let count = 0;
        for (let page = 1; page <= 30; page += 1) count += await commitPage(store, key, feed, page);
        return count;
      }),
    );
    expect(stored.reduce((sum, count) => sum + count)).toBe(90);
    await checkStream('a', 90);
  });

  it('may change and delete an instance that others are working for', async () => {
    const keys = owners.map((object) => keyOf('a', { object }));
    for (let round = 1; round <= 8; round += 1) {
      await first().createInstance(
        instanceOf('a'),
        keys.map((key) => pollOf(key)),
      );
      const changing = async () => {
        for (let step = 0; step < 5; step += 1) {
          await first().updateInstance(
            instanceOf('a', { name: `Step ${step}` }),
            keys.map((key) => pollOf(key)),
          );
          await first().saveCredentials('a', { token: `token-${step}` }, 2_000);
        }
        expect(await first().deleteInstance('a')).toBe(true);
      };
      await Promise.all([
        changing(),
        inParallel(async (store, owner) => {
          const key = keyOf('a', { object: owner });
          for (let page = 1; ; page += 1) {
            if ((await store.leasePoll(key, { owner, now: 2_000, leaseMs })) === null) return;
            const failed = await commitPage(store, key, owner, page).catch((error: unknown) => error);
            if (failed instanceof Error) expect(failed).toMatchObject({ code: 'lease-lost' });
            const leased = await store.leaseDeliveries({ owner, now: 2_000, leaseMs, limit: 3 });
            const end = { key, owner, dueAt: 1_000, now: 2_000, failure: null };
            await Promise.all([
              ...leased.map((delivery) => store.finishDelivery(outcomeOf(delivery, owner, { at: 2_000 }))),
              store.finishPoll(end),
            ]);
          }
        }),
      ]);
      expect(await first().getInstance('a')).toBeNull();
      expect(await first().listEvents({ instanceId: 'a', after: 0, limit: 10 })).toEqual([]);
    }
  });

  it('pass over a queue that another is busy with, and wait for it when there is no other', async () => {
    for (const id of ['a', 'b']) {
      await first().createInstance(instanceOf(id), [pollOf(keyOf(id))]);
      await first().leasePoll(keyOf(id), { owner: 'one', now: 2_000, leaseMs });
      await commitPage(first(), keyOf(id), 'one', 1);
    }
    const busy = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
    await busy.connect();
    await busy.query('BEGIN');
    await busy.query(`SELECT FROM streams WHERE instance_id = 'a' FOR UPDATE`);
    const lease = () => first().leaseDeliveries({ owner: 'one', now: 2_000, leaseMs, limit: 10 });
    expect((await lease()).map((delivery) => delivery.instanceId)).toEqual(['b', 'b', 'b']);
    let isDone = false;
    const waiting = lease().finally(() => {
      isDone = true;
    });
    const waiters = () => busy.query(`SELECT FROM pg_locks WHERE NOT granted`);
    await expect.poll(async () => (await waiters()).rowCount).toBeGreaterThan(0);
    expect(isDone).toBe(false);
    await busy.query('COMMIT');
    await busy.end();
    expect((await waiting).map((delivery) => delivery.instanceId)).toEqual(['a', 'a', 'a']);
  });

  it('take over from a process that is killed when its leases end, and lose nothing', {
    timeout: 120_000,
  }, async () => {
    await first().createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    const delays = fc.sample(fc.nat(150), 5);
    for (const delayMs of delays) {
      const last = await crashAfter(delayMs);
      const cursor = (await first().getPoll(keyOf('a')))?.cursor?.ms ?? 0;
      expect(cursor).toBeGreaterThanOrEqual(last);
      const events = await first().listEvents({ instanceId: 'a', after: 0, limit: 100_000 });
      await checkStream('a', events.length);
      expect(events.length).toBeGreaterThanOrEqual(cursor * 3);
      expect(events.length).toBeLessThanOrEqual((cursor + 1) * 3);
      // The child's clock stands at 5,000: until its leases end, nobody gets what it held when it died.
      const early = { owner: 'one', now: 5_000 + leaseMs - 1, leaseMs: 1 };
      expect(await first().leasePoll(keyOf('a'), early)).toBeNull();
      const later = { owner: 'one', now: 5_000 + leaseMs, leaseMs };
      expect(await first().leasePoll(keyOf('a'), later)).not.toBeNull();
      await first().finishPoll({ key: keyOf('a'), owner: 'one', dueAt: 1_000, now: later.now, failure: null });
    }
    const events = await first().listEvents({ instanceId: 'a', after: 0, limit: 100_000 });
    const tried = await Promise.all(events.map((event) => first().listAttempts(event.id)));
    const left = events.filter((_, index) => tried[index]?.length === 0).map((event) => event.id);
    const sent: string[] = [];
    for (;;) {
      const now = 5_000 + leaseMs;
      const leased = await first().leaseDeliveries({ owner: 'one', now, leaseMs, limit: 100 });
      if (leased.length === 0) break;
      sent.push(...leased.map((delivery) => delivery.event.id));
      for (const delivery of leased) await first().finishDelivery(outcomeOf(delivery, 'one', { at: now }));
    }
    expect(sent.toSorted()).toEqual(left.toSorted());
  });

  /** Runs the child until so long after its first page, kills it, and answers the last page it said was stored. */
  async function crashAfter(delayMs: number): Promise<number> {
    const running = spawn(process.execPath, ['--import', 'tsx', child, server.url, schema], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(running, 'close');
    let printed = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    await Promise.race([once(running.stdout, 'data'), gone]);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    running.kill('SIGKILL');
    const [, signal] = await gone;
    expect(signal).toBe('SIGKILL');
    // The server ends what the dead one had begun when it reads the end of the connection.
    const control = new pg.Client({ connectionString: server.url });
    await control.connect();
    const others = () =>
      control.query(`SELECT FROM pg_stat_activity WHERE application_name = 'anyhook' AND state <> 'idle'`);
    await expect.poll(async () => (await others()).rowCount).toBe(0);
    await control.end();
    return Number(printed.split('\n').at(-2) ?? 0);
  }
});
