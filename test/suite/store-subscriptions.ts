/** Webhooks that are registered at vendors: what is known of them, who looks at them, and what outlives their instance. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { instanceOf, keyOf, leaseMs, pollOf, subscriptionOf } from './store-builders.ts';

const owner = 'registrar';

const refused = { code: 'scope-missing', message: 'Not allowed.', help: 'Allow it.', at: 1_500 };

export function subscriptionCases({ store, reopen }: StoreUnderTest): void {
  const begin = (parts: Parameters<typeof instanceOf>[1] = {}) =>
    store().createInstance(instanceOf('a', parts), [pollOf(keyOf('a'))]);
  const lease = (now: number, by = owner) => store().leaseSubscribers({ owner: by, now, leaseMs, limit: 10 });
  const finish = (now: number, dueAt: number | null) =>
    store().finishSubscriber({ instanceId: 'a', owner, now, dueAt });

  it('are kept as they were stored, over a restart, one for each way, topic and URL', async () => {
    await begin();
    await lease(1_000);
    const all = [
      subscriptionOf('', { captured: {}, since: null, expiresAt: null, dueAt: null }),
      subscriptionOf('orders\u0000', { leavingSince: 1_200, failures: 3, lastFailure: { ...refused, help: null } }),
      subscriptionOf('orders\u0000', { url: 'https://moved.example/a', lastFailure: refused }),
    ];
    for (const one of all.toReversed()) expect(await store().saveSubscription(one, owner)).toBe(true);
    const changed = subscriptionOf('', { since: 2_000, captured: { id: '7' } });
    expect(await store().saveSubscription(changed, owner)).toBe(true);
    expect(await (await reopen()).listSubscriptions('a')).toEqual([changed, ...all.slice(1)]);
    expect(await store().listSubscriptions('b')).toEqual([]);
  });

  it('are looked at by one, when their instance was made or changed, and when they are due', async () => {
    await begin();
    expect(await store().nextDueAt('subscriptions')).toBe(1_000);
    expect(await lease(999)).toEqual([]);
    expect(await lease(1_000)).toEqual(['a']);
    expect(await lease(1_000, 'another')).toEqual([]);
    await finish(1_000, 5_000);
    expect(await store().nextDueAt('subscriptions')).toBe(5_000);
    await store().updateInstance(instanceOf('a', { updatedAt: 2_000 }), []);
    expect(await lease(2_000)).toEqual(['a']);
    await finish(2_000, null);
    expect(await store().nextDueAt('subscriptions')).toBe(null);
    await store().wakeSubscribers(['none'], 3_000);
    expect(await lease(9_000)).toEqual([]);
    await store().wakeSubscribers(['none', 'acme'], 3_000);
    expect(await lease(3_000)).toEqual(['a']);
  });

  it('are looked at once more when their instance was changed meanwhile', async () => {
    await begin();
    await lease(1_000);
    await store().updateInstance(instanceOf('a', { updatedAt: 1_500 }), []);
    expect(await lease(1_500, 'another')).toEqual([]);
    await finish(2_000, null);
    expect(await lease(2_000)).toEqual(['a']);
    await finish(2_000, 90_000);
    expect(await lease(2_000)).toEqual([]);
  });

  it('that failed are tried again when their instance was changed; the others keep their time', async () => {
    await begin();
    await lease(1_000);
    await store().saveSubscription(subscriptionOf('bad', { failures: 1, lastFailure: refused }), owner);
    await store().saveSubscription(subscriptionOf('good'), owner);
    await finish(1_000, 8_000);
    await store().updateInstance(instanceOf('a', { updatedAt: 2_000 }), []);
    expect((await store().listSubscriptions('a')).map(({ dueAt }) => dueAt)).toEqual([2_000, 8_000]);
  });

  it('are written by none but the holder of the lease, who may hold it longer', async () => {
    await begin();
    const one = subscriptionOf('orders');
    expect(await store().saveSubscription(one, owner)).toBe(false);
    await lease(1_000);
    const longer = { owner, now: 1_000 + leaseMs, leaseMs };
    expect(await store().renewSubscriber('a', longer)).toBe(true);
    expect(await lease(1_000 + leaseMs, 'another')).toEqual([]);
    expect(await lease(1_000 + 2 * leaseMs, 'another')).toEqual(['a']);
    expect(await store().renewSubscriber('a', longer)).toBe(false);
    expect(await store().saveSubscription(one, owner)).toBe(false);
    expect(await store().saveSubscription(one, 'another')).toBe(true);
    expect(await store().removeSubscription(one, owner)).toBe(false);
    await finish(1_000, 2_000);
    expect(await store().renewSubscriber('a', { ...longer, owner: 'another' })).toBe(true);
    expect(await store().removeSubscription(one, 'another')).toBe(true);
    expect(await store().listSubscriptions('a')).toEqual([]);
  });

  it('keep what it takes to remove them when their instance goes, until they are removed', async () => {
    await begin();
    await lease(1_000);
    await store().saveSubscription(subscriptionOf('one'), owner);
    await store().saveSubscription(subscriptionOf('two'), owner);
    await finish(1_000, 8_000);
    expect(await store().getLeavingInstance('a')).toBe(null);
    expect(await store().deleteInstance('a')).toBe(true);
    expect([await store().getInstance('a'), await store().listPolls('a')]).toEqual([null, []]);
    const leaving = instanceOf('a', { callback: null });
    expect(await store().getLeavingInstance('a')).toEqual(leaving);
    await store().saveCredentials('a', { token: 'rotated' }, 2_000);
    expect(await store().sweep(10)).toBe(false);
    await reopen();
    expect(await lease(2_000)).toEqual(['a']);
    expect(await store().saveSubscription(subscriptionOf('three'), owner)).toBe(false);
    expect(await store().saveSubscription(subscriptionOf('one', { failures: 1 }), owner)).toBe(true);
    await store().removeSubscription(subscriptionOf('one'), owner);
    expect((await store().getLeavingInstance('a'))?.credentials).toEqual({ token: 'rotated' });
    await store().removeSubscription(subscriptionOf('two'), owner);
    expect(await store().getLeavingInstance('a')).toBe(null);
    expect(await store().leaseCredentials('a', { owner, now: 2_000, leaseMs })).toBe(null);
    await store().saveCredentials('a', { token: 'late' }, 3_000);
    await finish(2_000, null);
    expect(await store().sweep(10)).toBe(true);
    expect(await store().nextDueAt('subscriptions')).toBe(null);
  });

  it('leave nothing of an instance that has none, even when one is just being registered', async () => {
    await begin();
    await lease(1_000);
    await store().deleteInstance('a');
    expect(await store().saveSubscription(subscriptionOf('one'), owner)).toBe(false);
    expect(await store().getLeavingInstance('a')).toBe(null);
    expect(await store().nextDueAt('subscriptions')).toBe(null);
  });

  it('that are switched off tell of nothing any more', async () => {
    await begin();
    const key = keyOf('a');
    await store().leasePoll(key, { owner, now: 1_000, leaseMs });
    await store().releasePoll({ key, owner, toldAt: 1_000 });
    await store().updateInstance(instanceOf('a'), [pollOf(key)]);
    expect((await store().getPoll(key))?.webhookSince).toBe(1_000);
    const off = instanceOf('a', { nativeWebhooks: false });
    await store().updateInstance(off, [pollOf(key)]);
    expect((await store().getPoll(key))?.webhookSince).toBe(null);
    expect(await (await reopen()).getInstance('a')).toEqual(off);
  });
}
