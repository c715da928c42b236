import { expect, it } from 'vitest';
import type { Delivery, Instance } from '../../src/store/port.ts';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, eventOf, instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from './store-builders.ts';

export function deliveryCases({ store, reopen }: StoreUnderTest): void {
  const key = keyOf('a');
  const create = (parts: Partial<Instance> = {}) => store().createInstance(instanceOf('a', parts), [pollOf(key)]);
  /** `1.2` is version 2 of record 1. */
  const commit = (names: readonly string[], now: number) =>
    commitEvents(
      store(),
      key,
      names.map((name) => eventOf('a', name.split('.')[0] ?? '', Number(name.split('.')[1]))),
      { now },
    );
  const lease = (now: number, { owner = 'worker', limit = 10 } = {}) =>
    store().leaseDeliveries({ owner, now, leaseMs, limit });
  const nameOf = (delivery: Delivery) => delivery.event.id.split('/').slice(2).join('.');
  const leaseNames = async (now: number, options?: { owner?: string; limit?: number }) =>
    (await lease(now, options)).map(nameOf);
  const leaseOne = async (now: number, owner = 'worker') => {
    const [delivery] = await lease(now, { owner, limit: 1 });
    if (delivery === undefined) throw new Error('a delivery was expected');
    return delivery;
  };

  it('are made for new events, with the event whole', async () => {
    await create();
    const [event] = await commit(['1.1'], 2_000);
    expect(await lease(2_000)).toEqual([
      {
        id: expect.any(String),
        instanceId: 'a',
        event,
        lane: 'contact\n1',
        attempts: 0,
        status: 'pending',
        dueAt: 2_000,
        createdAt: 2_000,
      },
    ]);
  });

  it('are not made without a callback', async () => {
    await create({ callback: null });
    await commit(['1.1'], 2_000);
    expect(await lease(9_000)).toEqual([]);
    await store().updateInstance(instanceOf('a'), [pollOf(key)]);
    expect(await lease(9_000)).toEqual([]);
    await commit(['1.2'], 3_000);
    expect(await leaseNames(9_000)).toEqual(['1.2']);
  });

  it('of one lane go one after the other, lanes side by side', async () => {
    await create();
    await commit(['1.1', '1.2', '2.1', '1.3'], 2_000);
    const [one, two] = await lease(2_000);
    expect([one, two].map((delivery) => delivery && nameOf(delivery))).toEqual(['1.1', '2.1']);
    expect(await lease(2_001)).toEqual([]);
    if (one === undefined || two === undefined) throw new Error('two deliveries were expected');
    await store().finishDelivery(outcomeOf(two, 'worker', { at: 2_100 }));
    expect(await lease(2_100)).toEqual([]);
    await store().finishDelivery(outcomeOf(one, 'worker', { at: 2_100 }));
    expect(await leaseNames(2_100)).toEqual(['1.2']);
  });

  it('of a lane wait for a retry, and not for one given up', async () => {
    await create();
    await commit(['1.1', '1.2'], 2_000);
    const first = await leaseOne(2_000);
    await store().finishDelivery(outcomeOf(first, 'worker', { at: 2_100, status: 'pending', dueAt: 5_000 }));
    expect(await lease(4_999)).toEqual([]);
    const again = await leaseOne(5_000);
    expect(again).toEqual({ ...first, attempts: 1, dueAt: 5_000 });
    await store().finishDelivery(outcomeOf(again, 'worker', { at: 5_100, status: 'dead' }));
    expect(await leaseNames(5_100)).toEqual(['1.2']);
  });

  it('go out fresh before retried, oldest first', async () => {
    await create();
    await commit(['1.1'], 2_000);
    const first = await leaseOne(2_000);
    await store().finishDelivery(outcomeOf(first, 'worker', { at: 2_100, status: 'pending', dueAt: 2_200 }));
    await commit(['3.1'], 3_000);
    await commit(['2.1'], 4_000);
    expect(await leaseNames(9_000, { limit: 2 })).toEqual(['3.1', '2.1']);
    expect(await leaseNames(9_000)).toEqual(['1.1']);
  });

  it('are taken again when the lease ran out, and the late outcome is ignored', async () => {
    await create();
    await commit(['1.1', '1.2'], 2_000);
    const late = await leaseOne(2_000, 'slow');
    expect(await lease(2_000 + leaseMs - 1)).toEqual([]);
    const taken = await leaseOne(2_000 + leaseMs, 'quick');
    expect(taken).toEqual(late);
    expect(await store().finishDelivery(outcomeOf(late, 'slow', { at: 70_000, status: 'dead' }))).toBe(false);
    expect(await store().listAttempts(late.event.id)).toEqual([]);
    expect(await store().finishDelivery(outcomeOf(taken, 'quick', { at: 70_000 }))).toBe(true);
    expect(await store().finishDelivery(outcomeOf(taken, 'quick', { at: 70_001 }))).toBe(false);
    expect(await leaseNames(70_000)).toEqual(['1.2']);
  });

  it('are free at once when given back', async () => {
    await create();
    await commit(['1.1', '2.1'], 2_000);
    await lease(2_000, { owner: 'leaving', limit: 1 });
    await lease(2_000, { owner: 'staying', limit: 1 });
    await store().releaseDeliveries('leaving');
    expect(await leaseNames(2_001)).toEqual(['1.1']);
  });

  it('keep each attempt', async () => {
    await create();
    await commit(['1.1'], 2_000);
    const first = outcomeOf(await leaseOne(2_000), 'worker', { at: 2_100, status: 'pending', dueAt: 3_000 });
    await store().finishDelivery(first);
    const unanswered = outcomeOf(await leaseOne(3_000), 'worker', { at: 3_100, status: 'dead' });
    const second = { ...unanswered, attempt: { ...unanswered.attempt, status: null } };
    await store().finishDelivery(second);
    await reopen();
    expect(await store().listAttempts(first.attempt.eventId)).toEqual([first.attempt, second.attempt]);
    expect(second.attempt.number).toBe(2);
    expect(await store().listAttempts('none')).toEqual([]);
  });

  it('ignore the outcome of one that is unknown', async () => {
    await create();
    await commit(['1.1'], 2_000);
    const delivery = await leaseOne(2_000);
    for (const deliveryId of ['999', '', 'none']) {
      expect(await store().finishDelivery({ ...outcomeOf(delivery, 'worker', { at: 1 }), deliveryId })).toBe(false);
    }
  });

  it('are held after a 410 until the callback is set again', async () => {
    await create();
    await store().createInstance(instanceOf('b'), [pollOf(keyOf('b'))]);
    await commit(['1.1', '1.2', '2.1', '3.1'], 2_000);
    await commitEvents(store(), keyOf('b'), [eventOf('b', '1', 1)], { now: 2_000 });
    const [gone, flying] = await lease(2_000, { limit: 2 });
    if (gone === undefined || flying === undefined) throw new Error('two deliveries were expected');
    const refused = outcomeOf(gone, 'worker', { at: 2_100, status: 'dead', disableCallback: true });
    expect(await store().finishDelivery(refused)).toBe(true);
    expect((await store().getInstance('a'))?.callbackDisabledAt).toBe(2_100);
    await commit(['1.3', '4.1'], 3_000);
    expect(await lease(3_000)).toMatchObject([{ instanceId: 'b' }]);

    const retried = outcomeOf(flying, 'worker', { at: 3_000, status: 'pending', dueAt: 3_500, disableCallback: true });
    expect(await store().finishDelivery(retried)).toBe(true);
    expect((await store().getInstance('a'))?.callbackDisabledAt).toBe(2_100);
    await reopen();
    expect((await lease(9_000)).filter((delivery) => delivery.instanceId === 'a')).toEqual([]);
    await store().updateInstance(instanceOf('a', { callbackDisabledAt: null }), [pollOf(key)]);
    expect(await leaseNames(9_000)).toEqual(['1.2', '3.1', '4.1', '2.1']);
    expect(await lease(9_000)).toEqual([]);
  });

  it('wait while the callback is taken away', async () => {
    await create();
    await commit(['1.1'], 2_000);
    await store().updateInstance(instanceOf('a', { callback: null }), [pollOf(key)]);
    expect(await lease(9_000)).toEqual([]);
    await commit(['1.2'], 3_000);
    await store().updateInstance(instanceOf('a'), [pollOf(key)]);
    expect(await leaseNames(9_000)).toEqual(['1.1']);
  });

  it('pass over the instances that take nothing just now', async () => {
    for (const id of ['a', 'b', 'c']) {
      await store().createInstance(instanceOf(id), [pollOf(keyOf(id))]);
      await commitEvents(store(), keyOf(id), [eventOf(id, '1', 1), eventOf(id, '2', 1)], { now: 2_000 });
    }
    const request = { owner: 'worker', now: 2_000, leaseMs };
    const leased = await store().leaseDeliveries({ ...request, limit: 3, except: ['a', 'c', 'nobody'] });
    expect(leased.map((delivery) => delivery.instanceId)).toEqual(['b', 'b']);
    expect(await store().leaseDeliveries({ ...request, limit: 3, except: ['a', 'c'] })).toEqual([]);
    expect(await store().leaseDeliveries({ ...request, limit: 10 })).toHaveLength(4);
  });

  it('go out oldest first over all instances, whoever was there first', async () => {
    for (const id of ['a', 'b']) {
      await store().createInstance(instanceOf(id), [pollOf(keyOf(id))]);
      await commitEvents(store(), keyOf(id), [eventOf(id, '1', 1), eventOf(id, '2', 1)], { now: 2_000 });
    }
    const retryAt: Record<string, number> = { 'a/1': 9_000, 'a/2': 6_000, 'b/1': 8_000, 'b/2': 7_000 };
    const recordOf = (delivery: Delivery) => `${delivery.instanceId}/${delivery.event.subject}`;
    for (const delivery of await lease(2_000)) {
      const dueAt = retryAt[recordOf(delivery)] ?? null;
      await store().finishDelivery(outcomeOf(delivery, 'worker', { at: 2_100, status: 'pending', dueAt }));
    }
    const first = await lease(10_000, { limit: 2 });
    expect(first.map(recordOf)).toEqual(['a/2', 'b/2']);
    expect((await lease(10_000)).map(recordOf)).toEqual(['b/1', 'a/1']);
  });

  it('are given back one by one, by their holder only', async () => {
    await create();
    await commit(['1.1', '2.1', '3.1'], 2_000);
    const [one, two] = await lease(2_000, { limit: 2 });
    const [three] = await lease(2_000, { owner: 'other' });
    if (one === undefined || two === undefined || three === undefined) throw new Error('three were expected');
    await store().releaseDeliveries('worker', [two.id, three.id, 'none']);
    await store().releaseDeliveries('worker', []);
    expect(await lease(2_001)).toEqual([two]);
  });

  it('say when the next is due or its lease ends', async () => {
    const next = () => store().nextDueAt('deliveries');
    expect(await next()).toBeNull();
    await create();
    expect(await next()).toBeNull();
    await commit(['1.1', '1.2'], 20_000);
    expect(await next()).toBe(20_000);
    const delivery = await leaseOne(25_000);
    expect(await next()).toBe(25_000 + leaseMs);
    await store().finishDelivery(outcomeOf(delivery, 'worker', { at: 26_000, status: 'pending', dueAt: 30_000 }));
    expect(await next()).toBe(30_000);
    await commit(['2.1'], 40_000);
    expect(await next()).toBe(30_000);
    await store().updateInstance(instanceOf('a', { callbackDisabledAt: 41_000 }), [pollOf(key)]);
    expect(await next()).toBeNull();
    await store().updateInstance(instanceOf('a'), [pollOf(key)]);
    expect(await next()).toBe(30_000);
    await store().deleteInstance('a');
    expect(await next()).toBeNull();
  });
}
