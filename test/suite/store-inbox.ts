import { expect, it } from 'vitest';
import type { NewInboxChange } from '../../src/store/port.ts';
import type { StoreUnderTest } from './store.ts';
import { eventOf, instanceOf, keyOf, leaseMs, pollOf } from './store-builders.ts';

const owner = 'reader';

function told(recordId: string, parts: Partial<NewInboxChange> = {}): NewInboxChange {
  return {
    instanceId: 'a',
    object: 'contact',
    recordId,
    change: 'updated',
    occurredAt: 900,
    record: null,
    dedupe: null,
    receivedAt: 1_000,
    ...parts,
  };
}

export function inboxCases({ store, reopen }: StoreUnderTest): void {
  const begin = () => store().createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
  const lease = (now: number, parts: { limit?: number; each?: number; owner?: string } = {}) =>
    store().leaseInbox({ owner, now, leaseMs, limit: 10, each: 10, ...parts });
  const finish = (now: number, done: readonly number[], again: readonly { number: number; dueAt: number }[] = []) =>
    store().finishInbox({
      owner,
      now,
      done,
      again: again.map((one) => ({ ...one, failed: true })),
      forgetBefore: 0,
    });

  it('keeps what was told, as it was told, over a restart', async () => {
    await begin();
    const changes = [
      told('7\u0000', { record: { Name: 'Zoë \u0000', deep: [1, null] }, dedupe: 'd\u0000' }),
      told('8', { occurredAt: null, change: 'deleted' }),
    ];
    expect(await store().addToInbox(changes)).toBe(2);
    const reopened = await reopen();
    const leased = await reopened.leaseInbox({ owner, now: 1_000, leaseMs, limit: 1, each: 10 });
    expect(leased).toEqual(changes.map((change) => ({ ...change, number: expect.any(Number), attempts: 0 })));
    expect(leased[0]?.number).toBeLessThan(leased[1]?.number ?? 0);
  });

  it('leases each change to one, in the order of arrival, of so many objects at once', async () => {
    await begin();
    await store().addToInbox([told('1'), told('2', { object: 'account' }), told('3'), told('4')]);
    expect((await lease(999)).length).toBe(0);
    expect((await lease(1_000, { limit: 1, each: 2 })).map(({ recordId }) => recordId)).toEqual(['1', '3']);
    expect((await lease(1_000)).map(({ recordId }) => recordId)).toEqual(['2', '4']);
    expect(await lease(1_000)).toEqual([]);
    expect(await store().nextDueAt('inbox')).toBe(1_000 + leaseMs);
    expect((await lease(1_000 + leaseMs, { owner: 'another' })).length).toBe(4);
    await finish(1_000, [1, 2, 3, 4]);
    expect((await lease(1_000 + 2 * leaseMs)).length).toBe(4);
  });

  it('says nothing of what is done, and knows it when it is told again', async () => {
    await begin();
    const change = told('1', { dedupe: 'same' });
    expect(await store().addToInbox([change, change])).toBe(1);
    const [leased] = await lease(1_000);
    await finish(2_000, [leased?.number ?? 0]);
    expect(await store().addToInbox([change])).toBe(0);
    expect(await store().nextDueAt('inbox')).toBe(null);
    await store().finishInbox({ owner, now: 3_000, done: [], again: [], forgetBefore: 2_001 });
    expect(await store().addToInbox([change])).toBe(1);
  });

  it('tries again when asked to, and counts the attempts', async () => {
    await begin();
    await store().addToInbox([told('1')]);
    const number = (await lease(1_000))[0]?.number ?? 0;
    await finish(1_000, [], [{ number, dueAt: 5_000 }]);
    expect(await store().nextDueAt('inbox')).toBe(5_000);
    expect(await lease(4_999)).toEqual([]);
    expect(await lease(5_000)).toMatchObject([{ number, attempts: 1 }]);
  });

  it('takes nothing for an instance that is gone, and loses what waits when it goes', async () => {
    await begin();
    expect(await store().addToInbox([told('1', { instanceId: 'gone' })])).toBe(0);
    await store().addToInbox([told('1')]);
    await store().deleteInstance('a');
    expect(await store().nextDueAt('inbox')).toBe(null);
  });

  it('gives a poll back as it was, or due sooner, and remembers since when webhooks tell', async () => {
    await begin();
    const key = keyOf('a');
    const taken = { owner, now: 1_000, leaseMs };
    const before = await store().leasePoll(key, taken);
    await store().releasePoll({ key, owner: 'another' });
    expect(await store().leasePoll(key, taken)).toBe(null);
    await store().releasePoll({ key, owner, dueAt: 5_000, toldAt: 1_200 });
    expect(await store().getPoll(key)).toEqual({ ...before, webhookSince: 1_200 });
    await store().leasePoll(key, taken);
    await store().releasePoll({ key, owner, dueAt: 700, toldAt: 9_000 });
    expect(await store().getPoll(key)).toEqual({ ...before, webhookSince: 1_200, dueAt: 700 });
    expect(await store().nextDueAt('polls')).toBe(700);
  });

  it('counts the events of what a webhook should have told, once each', async () => {
    await begin();
    const key = keyOf('a');
    await store().leasePoll(key, { owner, now: 1_000, leaseMs });
    const found = eventOf('a', '1', 1);
    const lost = { ...eventOf('a', '2', 1), data: { ...eventOf('a', '2', 1).data, origin: 'reconcile' as const } };
    const commit = { key, owner, events: [found, lost], ledger: [], now: 1_000 };
    await store().commitPoll(commit);
    await store().commitPoll(commit);
    expect(await store().getPoll(key)).toMatchObject({ webhooksLost: 1 });
  });
}
