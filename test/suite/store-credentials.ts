/** How a store lets one at a time renew the credentials of an instance, and what it keeps of it. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { instanceOf, leaseMs, subscriptionOf } from './store-builders.ts';

export function credentialCases({ store, reopen }: StoreUnderTest): void {
  const credentials = { clientId: 'c', refreshToken: 'r0' };
  const create = (id = 'a') => store().createInstance(instanceOf(id, { credentials }), []);
  const lease = (owner: string, now: number, id = 'a') => store().leaseCredentials(id, { owner, now, leaseMs });
  const rotate = (from: string, to: string, token: string | null = `token of ${to}`) =>
    store().saveRenewed('a', { replaces: { refreshToken: from }, changed: { refreshToken: to }, token, now: 3_000 });
  const fresh = { credentials, token: null, isTakenOver: false };

  it('are renewed by one at a time, of each instance', async () => {
    await create();
    await create('b');
    const takes = ['one', 'two', 'three'].map((owner) => lease(owner, 1_000));
    const held = (await Promise.all(takes)).filter((each) => each !== null);
    expect(held).toEqual([fresh]);
    expect(await lease('four', 1_000, 'b')).toEqual(fresh);
  });

  it('are taken again by who holds them, and by another when they are given back', async () => {
    await create();
    await lease('one', 1_000);
    expect(await lease('one', 2_000)).toMatchObject({ credentials });
    await store().releaseCredentials('a', 'two');
    expect(await lease('two', 2_000)).toBeNull();
    await store().releaseCredentials('a', 'one');
    expect(await lease('two', 2_000)).toEqual(fresh);
  });

  it('are taken over from one who died, who is told of it when he did not', async () => {
    await create();
    await lease('dead', 1_000);
    expect(await lease('next', 1_000 + leaseMs - 1)).toBeNull();
    expect(await store().renewCredentialLease('a', { owner: 'dead', now: 5_000, leaseMs })).toBe(true);
    expect(await lease('next', 1_000 + leaseMs)).toBeNull();
    expect(await lease('next', 5_000 + leaseMs)).toEqual({ ...fresh, isTakenOver: true });
    expect(await store().renewCredentialLease('a', { owner: 'dead', now: 6_000 + leaseMs, leaseMs })).toBe(false);
    await store().releaseCredentials('a', 'dead');
    expect(await lease('third', 5_000 + leaseMs)).toBeNull();
    await store().releaseCredentials('a', 'next');
    expect(await lease('third', 5_000 + leaseMs)).toEqual(fresh);
  });

  it('are replaced where they are what was spent, with the token that was made of them', async () => {
    await create();
    await lease('one', 1_000);
    expect(await rotate('r0', 'r1')).toBe(true);
    // One whose lease had ended, and who spent the same.
    expect(await rotate('r0', 'r1-late')).toBe(false);
    await store().releaseCredentials('a', 'one');
    await reopen();
    const renewed = { credentials: { ...credentials, refreshToken: 'r1' }, token: 'token of r1', isTakenOver: false };
    expect(await lease('two', 2_000)).toEqual(renewed);
    expect(await store().getInstance('a')).toMatchObject({ credentials: renewed.credentials, updatedAt: 3_000 });
    expect(await rotate('r1', 'r2', null)).toBe(true);
    expect(await lease('two', 2_000)).toMatchObject({ token: null });
  });

  it('keep a token that replaced nothing, without changing the instance', async () => {
    await create();
    expect(await store().saveRenewed('a', { replaces: {}, changed: {}, token: 't', now: 3_000 })).toBe(true);
    expect(await store().getInstance('a')).toEqual(instanceOf('a', { credentials }));
    expect(await lease('one', 1_000)).toEqual({ ...fresh, token: 't' });
  });

  it('lose their token when they are changed by hand, and only then', async () => {
    await create();
    await rotate('r0', 'r1');
    const token = async () => (await lease('one', 1_000))?.token;
    await store().updateInstance(instanceOf('a', { name: 'Renamed', credentials: {} }), []);
    expect(await token()).toBe('token of r1');
    await store().updateInstance(instanceOf('a', { credentials: { refreshToken: 'given' } }), []);
    expect(await token()).toBeNull();
    expect(await rotate('r1', 'r2')).toBe(false);
    expect((await store().getInstance('a'))?.credentials['refreshToken']).toBe('given');
  });

  it('are renewed for an instance that is gone while its webhooks are to be removed', async () => {
    await create();
    await store().leaseSubscribers({ owner: 'o', now: 9_000, leaseMs, limit: 1 });
    await store().saveSubscription(subscriptionOf('orders'), 'o');
    await store().deleteInstance('a');
    expect(await lease('one', 1_000)).toEqual(fresh);
    expect(await rotate('r0', 'r1')).toBe(true);
    expect((await store().getLeavingInstance('a'))?.credentials['refreshToken']).toBe('r1');
  });

  it('are gone with their instance', async () => {
    await create();
    await lease('one', 1_000);
    await rotate('r0', 'r1');
    await store().deleteInstance('a');
    expect(await lease('two', 1_000 + leaseMs)).toBeNull();
    expect(await rotate('r1', 'r2')).toBe(false);
    expect(await store().renewCredentialLease('a', { owner: 'one', now: 2_000, leaseMs })).toBe(false);
    await create();
    expect(await lease('two', 1_000)).toEqual(fresh);
    expect(await lease('two', 1_000, 'nobody')).toBeNull();
  });
}
