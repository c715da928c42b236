/** The operator's apps: kept as what registers webhooks, and never taken for an instance. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { instanceOf, keyOf, leaseMs, pollOf, subscriptionOf } from './store-builders.ts';

const owner = 'registrar';
const app = { id: 'app_acme', connector: 'acme', settings: { appId: '7' }, credentials: { developerKey: 'a key' } };
const failed = { code: 'credentials-refused', message: 'No.', help: null, at: 1_000 };

export function appCases({ store, reopen }: StoreUnderTest): void {
  const lease = (now: number, by = owner) => store().leaseSubscribers({ owner: by, now, leaseMs, limit: 10 });
  const finish = (now: number, dueAt: number | null) =>
    store().finishSubscriber({ instanceId: app.id, owner, now, dueAt });
  const one = (topic: string) => ({ ...subscriptionOf(topic), instanceId: app.id });
  const dueTimes = async () => (await store().listSubscriptions(app.id)).map(({ dueAt }) => dueAt);

  it('are kept over a restart, sealed, as they were saved last', async () => {
    await store().saveApp(app, 1_000);
    const changed = { ...app, credentials: { developerKey: 'another key' } };
    await store().saveApp(changed, 2_000);
    await reopen();
    expect(await store().listApps()).toEqual([{ ...changed, isGone: false }]);
    expect(await store().getApp(app.id)).toEqual({ ...changed, isGone: false });
    expect(await store().getApp('app_none')).toBe(null);
  });

  it('are no instances: nobody lists, reads, changes or deletes one as such', async () => {
    await store().createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    await store().saveApp(app, 1_000);
    expect((await store().listInstances({ limit: 10 })).map(({ id }) => id)).toEqual(['a']);
    expect(await store().getInstance(app.id)).toBe(null);
    expect(await store().updateInstance(instanceOf(app.id), [])).toBe(false);
    expect(await store().deleteInstance(app.id)).toBe(false);
    expect(await store().getApp('a')).toBe(null);
    await store().removeApp('a');
    expect((await store().getInstance('a'))?.id).toBe('a');
  });

  it('are looked at by one, when they are saved and when somebody asks for it', async () => {
    await store().saveApp(app, 1_000);
    expect(await lease(1_000)).toEqual([app.id]);
    expect(await lease(1_000, 'another')).toEqual([]);
    await finish(1_000, null);
    expect(await lease(9_000)).toEqual([]);
    await store().wakeSubscriber(app.id, 9_000);
    await store().wakeSubscriber('app_none', 9_000);
    expect(await lease(9_000)).toEqual([app.id]);
    await finish(9_000, null);
    await store().wakeSubscribers(['acme'], 9_000);
    expect(await lease(9_000)).toEqual([]);
  });

  it('try again what failed when they are saved, and not because somebody asks for a look', async () => {
    await store().saveApp(app, 1_000);
    await lease(1_000);
    await store().saveSubscription({ ...one('bad'), failures: 1, lastFailure: failed, dueAt: 90_000 }, owner);
    await store().wakeSubscriber(app.id, 2_000);
    await finish(2_000, 90_000);
    expect([await dueTimes(), await lease(2_000)]).toEqual([[90_000], [app.id]]);
    await finish(2_000, 90_000);
    await store().wakeSubscriber(app.id, 3_000);
    expect(await dueTimes()).toEqual([90_000]);
    await store().saveApp(app, 4_000);
    expect(await dueTimes()).toEqual([4_000]);
  });

  it('that go keep what it takes to remove their webhooks, until those are removed', async () => {
    await store().saveApp(app, 1_000);
    await lease(1_000);
    await store().saveSubscription(one('one'), owner);
    await finish(1_000, null);
    await store().removeApp(app.id);
    await reopen();
    expect(await store().listApps()).toEqual([{ ...app, isGone: true }]);
    expect(await lease(2_000)).toEqual([app.id]);
    expect(await store().saveSubscription(one('new'), owner)).toBe(false);
    expect(await store().sweep(10)).toBe(false);
    await store().removeSubscription(one('one'), owner);
    await finish(2_000, null);
    expect([await store().listApps(), await store().nextDueAt('subscriptions')]).toEqual([[], null]);
    expect(await store().sweep(10)).toBe(true);
  });

  it('that come back have what they had registered', async () => {
    await store().saveApp(app, 1_000);
    await lease(1_000);
    await store().saveSubscription(one('one'), owner);
    await finish(1_000, null);
    await store().removeApp(app.id);
    await store().saveApp(app, 2_000);
    expect(await store().listApps()).toEqual([{ ...app, isGone: false }]);
    expect(await store().listSubscriptions(app.id)).toEqual([one('one')]);
  });

  it('that go without any leave nothing', async () => {
    await store().saveApp(app, 1_000);
    await store().removeApp(app.id);
    expect([await store().listApps(), await store().nextDueAt('subscriptions')]).toEqual([[], null]);
  });
}
