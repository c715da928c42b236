/** How a store parts with what is old, and with instances that are gone. */
import { expect, it } from 'vitest';
import { objectDefaults } from '../../src/store/row/instance-row.ts';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, entryOf, eventOf, instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from './store-builders.ts';

const owner = 'worker';

export function retentionCases({ store, reopen }: StoreUnderTest): void {
  const silent = (id: string) => instanceOf(id, { callback: null });
  const create = async (id: string, instance = silent(id)) => {
    await store().createInstance(instance, [pollOf(keyOf(id))]);
  };
  const add = (id: string, records: readonly number[], now: number) =>
    commitEvents(
      store(),
      keyOf(id),
      records.map((record) => eventOf(id, String(record), 1)),
      { now },
    );
  const kept = async (id: string) =>
    (await store().listEvents({ instanceId: id, after: 0, limit: 1_000 })).map(({ sequence }) => Number(sequence));
  /** All steps of one round; answers how many events went in each. */
  const purge = async (before: number, limit = 1_000) => {
    const steps: number[] = [];
    let after: string | null = null;
    do {
      const step: { purged: number; after: string | null } = await store().purgeEvents({ before, after, limit });
      steps.push(step.purged);
      after = step.after;
    } while (after !== null);
    return steps;
  };

  it('purges what is older, of each instance, in small steps', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    await add('a', [1, 2, 3, 4, 5], 2_000);
    await add('a', [6], 9_000);
    await add('b', [1], 9_000);
    await add('c', [1, 2], 2_000);
    const steps = await purge(5_000, 2);
    expect(Math.max(...steps)).toBe(2);
    expect(steps.reduce((sum, purged) => sum + purged)).toBe(7);
    expect([await kept('a'), await kept('b'), await kept('c')]).toEqual([[6], [1], []]);
    expect(await purge(5_000)).toEqual([0]);
  });

  it('tells the oldest sequence that is kept, and numbers on from where the stream was', async () => {
    await create('a');
    expect(await store().oldestSequence('a')).toBe(1);
    expect(await store().oldestSequence('none')).toBeNull();
    await add('a', [1, 2, 3], 2_000);
    await add('a', [4], 9_000);
    await purge(5_000);
    expect(await store().oldestSequence('a')).toBe(4);
    await purge(10_000);
    await reopen();
    expect(await store().oldestSequence('a')).toBe(5);
    expect((await add('a', [5], 20_000)).map(({ sequence }) => sequence)).toEqual(['5']);
  });

  it('never purges what has a delivery pending, nor what comes after it', async () => {
    await create('a', instanceOf('a'));
    await add('a', [1, 2, 3, 4], 2_000);
    const finish = async (records: readonly string[], status: 'delivered' | 'dead') => {
      const leased = await store().leaseDeliveries({ owner, now: 3_000, leaseMs, limit: 10 });
      for (const delivery of leased) {
        const isDone = records.includes(delivery.event.subject);
        if (isDone) await store().finishDelivery(outcomeOf(delivery, owner, { at: 3_100, status }));
      }
      await store().releaseDeliveries(owner);
    };
    await finish(['1', '2', '4'], 'delivered');
    const [first] = await store().listEvents({ instanceId: 'a', after: 0, limit: 1 });
    expect(await store().listAttempts(first?.id ?? '')).toHaveLength(1);
    await purge(9_000);
    expect(await kept('a')).toEqual([3, 4]);
    expect(await store().listAttempts(first?.id ?? '')).toEqual([]);
    await finish(['3'], 'dead');
    await purge(9_000);
    expect(await kept('a')).toEqual([]);
  });

  it('keeps what waits for a callback that is disabled, however old', async () => {
    await create('a', instanceOf('a'));
    await add('a', [1, 2], 2_000);
    await store().updateInstance(instanceOf('a', { callbackDisabledAt: 3_000 }), [pollOf(keyOf('a'))]);
    await purge(900_000);
    expect(await kept('a')).toEqual([1, 2]);
    await store().updateInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    expect(await store().leaseDeliveries({ owner, now: 900_000, leaseMs, limit: 10 })).toHaveLength(2);
  });

  it('leaves the ledger and the cursor alone', async () => {
    await create('a');
    const key = keyOf('a');
    await store().leasePoll(key, { owner, now: 2_000, leaseMs });
    await store().commitPoll({
      key,
      owner,
      events: [eventOf('a', '1', 1)],
      ledger: [entryOf('1', 1)],
      cursor: { ms: 1_500 },
      now: 2_000,
    });
    await purge(900_000);
    expect(await kept('a')).toEqual([]);
    expect((await store().ledger(key, ['1'])).size).toBe(1);
    expect((await store().getPoll(key))?.cursor).toEqual({ ms: 1_500 });
  });

  it('goes through more instances than one step looks at', async () => {
    const ids = Array.from({ length: 1_100 }, (_, index) => `i${String(index).padStart(4, '0')}`);
    for (const id of ids) await store().createInstance(silent(id), []);
    for (const id of ['i0000', 'i0700', 'i1099']) {
      await store().updateInstance(silent(id), [pollOf(keyOf(id))]);
      await add(id, [1], 2_000);
    }
    expect(await purge(5_000)).toEqual([1, 1, 1]);
  });

  it('sweeps an instance that is gone in small steps, and no other', async () => {
    const objects = { contact: objectDefaults, order: objectDefaults };
    await create('a', instanceOf('a', { objects }));
    await create('b', instanceOf('b'));
    for (const id of ['a', 'b']) {
      await add(id, [1, 2, 3, 4, 5], 2_000);
      await store().leasePoll(keyOf(id), { owner, now: 4_000, leaseMs });
      const ledger = [1, 2, 3, 4, 5].map((record) => entryOf(String(record), 1));
      await store().commitPoll({ key: keyOf(id), owner, events: [], ledger, now: 4_000 });
    }
    expect(await store().sweep(2)).toBe(false);
    await store().deleteInstance('a');
    expect(await store().listInstances({ limit: 10 })).toMatchObject([{ id: 'b' }]);
    expect(await store().oldestSequence('a')).toBeNull();
    expect(await purge(900_000)).toEqual([0]);

    let steps = 0;
    while (await store().sweep(2)) steps += 1;
    // Three steps of events, three of the ledger, one for the instance.
    expect(steps).toBe(7);
    expect((await store().ledger(keyOf('a'), ['1'])).size).toBe(0);
    expect(await kept('b')).toEqual([1, 2, 3, 4, 5]);
    expect((await store().ledger(keyOf('b'), ['1'])).size).toBe(1);
  });

  it('holds no secret of an instance that is gone', async () => {
    await create('a', instanceOf('a'));
    await store().deleteInstance('a');
    await store().saveCredentials('a', { token: 'late' }, 3_000);
    expect(await store().updateInstance(instanceOf('a'), [pollOf(keyOf('a'))])).toBe(false);
    expect(await store().listPolls('a')).toEqual([]);
  });
}
