import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, entryOf, eventOf, instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from './store-builders.ts';

export function instanceCases({ store, reopen }: StoreUnderTest): void {
  const worker = { owner: 'worker', leaseMs };

  it('come back as they were stored, also after a restart', async () => {
    const instance = instanceOf('a');
    const silent = instanceOf('b', { callback: null, tags: [], settings: {}, credentials: {}, objects: {} });
    await store().createInstance(instance, []);
    await store().createInstance(silent, []);
    expect(await store().getInstance('a')).toEqual(instance);
    const again = await reopen();
    expect(await again.getInstance('a')).toEqual(instance);
    expect(await again.getInstance('b')).toEqual(silent);
    expect(await again.getInstance('c')).toBeNull();
  });

  it('are listed in id order, by connector, by tag and page by page', async () => {
    await store().createInstance(instanceOf('b', { tags: ['eu', 'gold'] }), []);
    await store().createInstance(instanceOf('a', { connector: 'other', tags: ['gold'] }), []);
    await store().createInstance(instanceOf('c', { tags: ['golden'] }), []);
    const ids = async (filter: object) =>
      (await store().listInstances({ limit: 10, ...filter })).map((instance) => instance.id);
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    expect(await ids({ connector: 'acme' })).toEqual(['b', 'c']);
    expect(await ids({ tag: 'gold' })).toEqual(['a', 'b']);
    expect(await ids({ tag: 'gold', connector: 'acme' })).toEqual(['b']);
    expect(await ids({ limit: 1 })).toEqual(['a']);
    expect(await ids({ limit: 1, after: 'a' })).toEqual(['b']);
    expect(await ids({ after: 'c' })).toEqual([]);
  });

  it('are replaced whole', async () => {
    await store().createInstance(instanceOf('a'), []);
    const next = instanceOf('a', {
      name: 'New name',
      tags: ['new'],
      settings: {},
      credentials: { token: 'new' },
      callback: {
        url: 'https://new.example',
        format: 'batched',
        secret: 'whsec_bmV3',
        retiring: { secret: 'whsec_c2VjcmV0', until: 9_000 },
      },
      objects: {},
      updatedAt: 2_000,
    });
    expect(await store().updateInstance(next, [])).toBe(true);
    expect(await store().getInstance('a')).toEqual(next);
    expect(await store().updateInstance(instanceOf('gone'), [])).toBe(false);
    expect(await store().getInstance('gone')).toBeNull();
  });

  it('is changed only as what the change was made from', async () => {
    await store().createInstance(instanceOf('a', { updatedAt: 1_000 }), []);
    const renamed = instanceOf('a', { name: 'Renamed', credentials: {}, updatedAt: 2_000 });
    expect(await store().updateInstance({ ...renamed, basedOn: 1_000 }, [])).toBe(true);
    const late = { ...instanceOf('a', { tags: ['late'], credentials: {}, updatedAt: 3_000 }), basedOn: 1_000 };
    await expect(store().updateInstance(late, [pollOf(keyOf('a'))])).rejects.toMatchObject({ code: 'instance-moved' });
    expect(await store().getInstance('a')).toMatchObject({
      name: 'Renamed',
      tags: instanceOf('a').tags,
      updatedAt: 2_000,
    });
    expect(await store().listPolls('a')).toEqual([]);
  });

  it('take new credentials and leave the rest alone', async () => {
    await store().createInstance(instanceOf('a'), []);
    await store().saveCredentials('a', { token: 'rotated' }, 3_000);
    const kept = await (await reopen()).getInstance('a');
    expect(kept).toEqual(instanceOf('a', { credentials: { token: 'rotated' }, updatedAt: 3_000 }));
  });

  it('keep the credentials that a change does not name, as a poll may have rotated them since', async () => {
    await store().createInstance(instanceOf('a', { credentials: { id: 'one', token: 'first', old: 'x' } }), []);
    await store().saveCredentials('a', { token: 'rotated' }, 2_000);
    await store().updateInstance(instanceOf('a', { name: 'Renamed', credentials: {} }), []);
    expect((await store().getInstance('a'))?.credentials).toEqual({ id: 'one', token: 'rotated', old: 'x' });
    await store().updateInstance({ ...instanceOf('a'), credentials: { id: 'two', old: null } }, []);
    expect((await (await reopen()).getInstance('a'))?.credentials).toEqual({ id: 'two', token: 'rotated' });
  });

  it('keep the state of the polls that stay, and drop the others with their ledger', async () => {
    const contacts = keyOf('a');
    const invoices = keyOf('a', { object: 'invoice' });
    await store().createInstance(instanceOf('a'), [pollOf(contacts), pollOf(invoices)]);
    for (const key of [contacts, invoices]) {
      await store().leasePoll(key, { ...worker, now: 2_000 });
      const ledger = [entryOf('1', 1_500)];
      await store().commitPoll({ key, owner: 'worker', events: [], ledger, cursor: { ms: 1_500 }, now: 2_000 });
      await store().finishPoll({ key, owner: 'worker', dueAt: 9_000, now: 2_000, failure: null });
    }
    const orders = keyOf('a', { object: 'order' });
    await store().updateInstance(instanceOf('a'), [pollOf(contacts, { startMs: 7 }), pollOf(orders)]);

    expect(await store().listPolls('a')).toEqual([
      pollOf(contacts, { wellAt: 2_000, cursor: { ms: 1_500 }, dueAt: 9_000, lastPolledAt: 2_000 }),
      pollOf(orders),
    ]);
    expect([...(await store().ledger(contacts, ['1'])).keys()]).toEqual(['1']);
    await store().updateInstance(instanceOf('a'), [pollOf(contacts), pollOf(invoices)]);
    expect((await store().ledger(invoices, ['1'])).size).toBe(0);
    expect(await store().getPoll(invoices)).toEqual(pollOf(invoices));
  });

  it('keep the ledger of an object while one of its feeds stays', async () => {
    const changes = keyOf('a');
    const deletes = keyOf('a', { feed: 'deletes' });
    await store().createInstance(instanceOf('a'), [pollOf(changes), pollOf(deletes)]);
    await store().leasePoll(changes, { ...worker, now: 2_000 });
    await store().commitPoll({ key: changes, owner: 'worker', events: [], ledger: [entryOf('1', 1)], now: 2_000 });
    await store().updateInstance(instanceOf('a'), [pollOf(deletes)]);
    expect((await store().ledger(deletes, ['1'])).size).toBe(1);
  });

  it('are deleted with all they have, also under leases', async () => {
    const key = keyOf('a');
    for (const id of ['a', 'b']) {
      await store().createInstance(instanceOf(id), [pollOf(keyOf(id))]);
      await commitEvents(store(), keyOf(id), [eventOf(id, '1', 1), eventOf(id, '2', 1)], { now: 2_000 });
    }
    const [first, second] = await store().leaseDeliveries({ ...worker, now: 2_000, limit: 2 });
    if (first === undefined || second === undefined) throw new Error('two deliveries were expected');
    await store().finishDelivery(outcomeOf(first, 'worker', { at: 2_100 }));
    await store().leasePoll(key, { ...worker, now: 4_000 });

    expect(await store().deleteInstance('a')).toBe(true);
    expect(await store().deleteInstance('a')).toBe(false);
    expect(await store().getInstance('a')).toBeNull();
    expect(await store().getPoll(key)).toBeNull();
    expect(await store().listPolls('a')).toEqual([]);
    expect(await store().listEvents({ instanceId: 'a', after: 0, limit: 10 })).toEqual([]);
    expect(await store().getEvent(first.event.id)).toBeNull();
    expect(await store().listAttempts(first.event.id)).toEqual([]);
    expect(await store().renewPoll(key, { ...worker, now: 4_000 })).toBe(false);
    await expect(
      store().commitPoll({ key, owner: 'worker', events: [eventOf('a', '3', 1)], ledger: [], now: 4_000 }),
    ).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await store().finishDelivery(outcomeOf(second, 'worker', { at: 4_100 }))).toBe(false);

    const left = await store().leaseDeliveries({ ...worker, now: 900_000, limit: 10 });
    expect(left.map((delivery) => delivery.instanceId)).toEqual(['b', 'b']);
  });

  it('start their stream anew when an id comes back', async () => {
    for (const version of [1, 2]) {
      await store().createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
      const stored = await commitEvents(store(), keyOf('a'), [eventOf('a', '1', version)], { now: 2_000 });
      expect(stored.map((event) => event.sequence)).toEqual(['1']);
      await store().deleteInstance('a');
    }
  });
}
