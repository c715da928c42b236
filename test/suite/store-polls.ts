import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, entryOf, eventOf, instanceOf, keyOf, leaseMs, pollOf } from './store-builders.ts';

export function pollCases({ store, reopen }: StoreUnderTest): void {
  const key = keyOf('a');
  const worker = { owner: 'worker', leaseMs };
  const other = { owner: 'other', leaseMs };
  const create = () => store().createInstance(instanceOf('a'), [pollOf(key)]);
  const sequences = async () =>
    (await store().listEvents({ instanceId: 'a', after: 0, limit: 100 })).map((event) => Number(event.sequence));

  it('are leased when due, oldest first, one holder each', async () => {
    const late = keyOf('a', { object: 'invoice' });
    const later = keyOf('a', { object: 'order' });
    await store().createInstance(instanceOf('a'), [
      pollOf(key, { dueAt: 3_000 }),
      pollOf(late, { dueAt: 2_000 }),
      pollOf(later, { dueAt: 4_001 }),
    ]);
    const lease = async (request: typeof worker, now: number, limit = 10) =>
      (await store().leasePolls({ ...request, now, limit })).map((poll) => poll.object);
    expect(await lease(worker, 1_999)).toEqual([]);
    expect(await lease(worker, 4_000, 1)).toEqual(['invoice']);
    expect(await lease(other, 4_000)).toEqual(['contact']);
    expect(await lease(other, 4_001)).toEqual(['order']);
    expect(await lease(other, 4_000 + leaseMs - 1)).toEqual([]);
    expect(await lease(other, 4_000 + leaseMs)).toEqual(['invoice', 'contact']);
  });

  it('are leased by key, due or not, unless another holds them', async () => {
    await store().createInstance(instanceOf('a'), [pollOf(key, { dueAt: 9_000 })]);
    expect(await store().leasePoll(key, { ...worker, now: 1_000 })).toEqual(pollOf(key, { dueAt: 9_000 }));
    expect(await store().leasePoll(key, { ...other, now: 2_000 })).toBeNull();
    expect(await store().leasePoll(key, { ...other, now: 1_000 + leaseMs })).not.toBeNull();
    expect(await store().leasePoll(keyOf('a', { feed: 'deletes' }), { ...worker, now: 1_000 })).toBeNull();
    expect(await store().leasePoll(keyOf('nobody'), { ...worker, now: 1_000 })).toBeNull();
  });

  it('take over their start with the cursor, and keep both', async () => {
    await create();
    await store().leasePoll(key, { ...worker, now: 1_000 });
    const commit = { key, owner: 'worker', events: [], ledger: [], now: 1_000 };
    await store().commitPoll({ ...commit, cursor: { ms: 9_000 }, startMs: 8_000 });
    await store().commitPoll({ ...commit, cursor: { ms: 9_500 } });
    const moved = pollOf(key, { cursor: { ms: 9_500 }, startMs: 8_000 });
    expect(await (await reopen()).getPoll(key)).toEqual(moved);
  });

  it('stay held as long as the lease is renewed', async () => {
    await create();
    await store().leasePoll(key, { ...worker, now: 1_000 });
    expect(await store().renewPoll(key, { ...worker, now: 50_000 })).toBe(true);
    expect(await store().leasePoll(key, { ...other, now: 1_000 + leaseMs })).toBeNull();
    expect(await store().renewPoll(key, { ...other, now: 50_000 })).toBe(false);
    expect(await store().leasePoll(key, { ...other, now: 50_000 + leaseMs })).not.toBeNull();
    expect(await store().renewPoll(key, { ...worker, now: 50_000 + leaseMs })).toBe(false);
  });

  it('remember how they ended, until one goes well', async () => {
    await create();
    const failure = { code: 'vendor-throttled', message: 'Slow down.', help: 'Poll less often.' };
    for (const now of [2_000, 3_000]) {
      await store().leasePoll(key, { ...worker, now });
      await store().finishPoll({ key, owner: 'worker', dueAt: now + 500, now, failure });
    }
    const failed = pollOf(key, {
      dueAt: 3_500,
      failures: 2,
      lastPolledAt: 3_000,
      lastFailure: { ...failure, at: 3_000 },
    });
    expect(await (await reopen()).getPoll(key)).toEqual(failed);
    await commitEvents(store(), key, [], { now: 4_000 });
    expect(await store().getPoll(key)).toEqual(pollOf(key, { wellAt: 4_000, dueAt: 5_000, lastPolledAt: 4_000 }));
  });

  it('say when the next is due or its lease ends', async () => {
    const next = () => store().nextDueAt('polls');
    expect(await next()).toBeNull();
    await store().createInstance(instanceOf('a'), [
      pollOf(key, { dueAt: 50_000 }),
      pollOf(keyOf('a', { feed: 'deletes' }), { dueAt: 90_000 }),
    ]);
    expect(await next()).toBe(50_000);
    await store().leasePoll(key, { ...worker, now: 20_000 });
    expect(await next()).toBe(20_000 + leaseMs);
    await store().renewPoll(key, { ...worker, now: 40_000 });
    expect(await next()).toBe(90_000);
    await store().finishPoll({ key, owner: 'worker', dueAt: 70_000, now: 40_000, failure: null });
    expect(await next()).toBe(70_000);
    await store().deleteInstance('a');
    expect(await next()).toBeNull();
  });

  it('are finished by their holder only', async () => {
    await create();
    await store().leasePoll(key, { ...worker, now: 1_000 });
    await store().leasePoll(key, { ...other, now: 1_000 + leaseMs });
    await store().finishPoll({ key, owner: 'worker', dueAt: 5, now: 70_000, failure: null });
    expect(await store().getPoll(key)).toEqual(pollOf(key));
    expect(await store().leasePoll(key, { ...worker, now: 70_000 })).toBeNull();
  });

  it('number the events of an instance from 1 without a gap, over all its objects', async () => {
    const invoices = keyOf('a', { object: 'invoice' });
    await store().createInstance(instanceOf('a'), [pollOf(key), pollOf(invoices)]);
    const first = await commitEvents(store(), key, [eventOf('a', '1', 1), eventOf('a', '2', 1)], { now: 2_000 });
    expect(first.map((event) => event.sequence)).toEqual(['1', '2']);
    await commitEvents(store(), invoices, [eventOf('a', '1', 1, 'invoice')], { now: 2_000 });
    await reopen();
    await commitEvents(store(), key, [eventOf('a', '3', 1)], { now: 3_000 });
    expect(await sequences()).toEqual([1, 2, 3, 4]);
  });

  it('store an event once, though it is found again', async () => {
    await create();
    const [one, two, three] = [eventOf('a', '1', 1), eventOf('a', '2', 1), eventOf('a', '3', 1)];
    await commitEvents(store(), key, [one, two], { now: 2_000 });
    const stored = await commitEvents(store(), key, [two, three, three, one], { now: 3_000 });
    expect(stored).toEqual([{ ...three, sequence: '3' }]);
    expect(await sequences()).toEqual([1, 2, 3]);
    expect((await store().leaseDeliveries({ ...worker, now: 3_000, limit: 10 })).length).toBe(3);
  });

  it('answer events as they were stored', async () => {
    await create();
    const events = [1, 2, 3].map((version) => eventOf('a', '1', version));
    const stored = await commitEvents(store(), key, events, { now: 2_000 });
    expect(stored).toEqual(events.map((event, index) => ({ ...event, sequence: String(index + 1) })));
    await reopen();
    expect(await store().listEvents({ instanceId: 'a', after: 0, limit: 10 })).toEqual(stored);
    expect(await store().listEvents({ instanceId: 'a', after: 1, limit: 1 })).toEqual([stored[1]]);
    expect(await store().listEvents({ instanceId: 'a', after: 3, limit: 10 })).toEqual([]);
    expect(await store().getEvent(events[2]?.id ?? '')).toEqual(stored[2]);
    expect(await store().getEvent('none')).toBeNull();
  });

  it('refuse all of a commit whose lease was lost', async () => {
    await create();
    await store().leasePoll(key, { ...worker, now: 1_000 });
    await store().leasePoll(key, { ...other, now: 1_000 + leaseMs });
    const commit = { key, events: [eventOf('a', '1', 1)], ledger: [entryOf('1', 1)], cursor: { ms: 9 }, now: 70_000 };
    await expect(store().commitPoll({ ...commit, owner: 'worker' })).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await sequences()).toEqual([]);
    expect((await store().ledger(key, ['1'])).size).toBe(0);
    expect((await store().getPoll(key))?.cursor?.ms ?? null).toBeNull();
    await store().commitPoll({ ...commit, owner: 'other' });
    expect(await sequences()).toEqual([1]);
    await store().finishPoll({ key, owner: 'other', dueAt: 80_000, now: 70_000, failure: null });
    await expect(store().commitPoll({ ...commit, owner: 'other' })).rejects.toMatchObject({ code: 'lease-lost' });
  });

  it('move the cursor with the last page only', async () => {
    await create();
    await store().leasePoll(key, { ...worker, now: 2_000 });
    const page = { key, owner: 'worker', ledger: [], now: 2_000 };
    await store().commitPoll({ ...page, events: [eventOf('a', '1', 1)] });
    expect((await store().getPoll(key))?.cursor?.ms ?? null).toBeNull();
    await store().commitPoll({ ...page, events: [eventOf('a', '2', 1)], cursor: { ms: 1_900 } });
    expect((await (await reopen()).getPoll(key))?.cursor?.ms ?? null).toBe(1_900);
  });

  it('share a ledger between the feeds of an object, and forget each their own', async () => {
    const deletes = keyOf('a', { feed: 'deletes' });
    const invoices = keyOf('a', { object: 'invoice' });
    await store().createInstance(instanceOf('a'), [pollOf(key), pollOf(deletes), pollOf(invoices)]);
    for (const each of [key, deletes, invoices]) await store().leasePoll(each, { ...worker, now: 2_000 });
    const page = { owner: 'worker', events: [], now: 2_000 };
    const dead = { deleted: true };
    await store().commitPoll({
      ...page,
      key,
      ledger: [entryOf('1', 100), entryOf('2', 200), entryOf('3', 100, dead), entryOf('4', 200, dead)],
    });
    const known = async (of = key) => [...(await store().ledger(of, ['4', '3', '2', '1', '0'])).keys()].sort();
    expect(await known(deletes)).toEqual(['1', '2', '3', '4']);
    expect(await known(invoices)).toEqual([]);
    await store().commitPoll({ ...page, key, ledger: [], forget: { beforeMs: 200, of: 'live' } });
    expect(await known()).toEqual(['2', '3', '4']);
    await store().commitPoll({ ...page, key: deletes, ledger: [], forget: { beforeMs: 200, of: 'deleted' } });
    expect(await known()).toEqual(['2', '4']);
    await store().commitPoll({ ...page, key, ledger: [entryOf('2', 300, { version: 'new', deleted: true })] });
    expect(await store().ledger(key, ['2'])).toEqual(
      new Map([['2', { recordId: '2', version: 'new', changedAt: 300, deleted: true }]]),
    );
  });

  it('store nothing that was judged by what another feed has told of since', async () => {
    const deletes = keyOf('a', { feed: 'deletes' });
    await store().createInstance(instanceOf('a'), [pollOf(key), pollOf(deletes)]);
    for (const each of [key, deletes]) await store().leasePoll(each, { ...worker, now: 2_000 });
    const page = { owner: 'worker', events: [], now: 2_000 };
    const [first, gone] = [entryOf('1', 100), entryOf('1', 100, { deleted: true })];
    const judgedBy = (entry: typeof first | null) => new Map([['1', entry]]);
    await store().commitPoll({ ...page, key, ledger: [first], judgedBy: judgedBy(null) });
    await store().commitPoll({ ...page, key: deletes, ledger: [gone], judgedBy: judgedBy(first) });
    const late = { ...page, key, events: [eventOf('a', '1', 2)], ledger: [entryOf('1', 200)], cursor: { ms: 2_000 } };
    for (const entry of [null, first, entryOf('1', 100, { version: 'other', deleted: true })]) {
      const commit = store().commitPoll({ ...late, judgedBy: judgedBy(entry) });
      await expect(commit).rejects.toMatchObject({ code: 'ledger-moved', retryable: true });
    }
    expect(await sequences()).toEqual([]);
    expect((await store().ledger(key, ['1'])).get('1')).toEqual(gone);
    expect((await store().getPoll(key))?.cursor).toBeNull();
    await store().commitPoll({ ...late, judgedBy: judgedBy(gone) });
    expect(await sequences()).toEqual([1]);
  });

  it('keep any text that a vendor sends', async () => {
    await create();
    const strange = ['\0', 'a\0b', '\x1a', '\x1a0000', '\\', `'"; --`, '{a,b}', 'NULL', '', '\r\n\t', '\uffff', '🦊'];
    await store().leasePoll(key, { ...worker, now: 2_000 });
    const ledger = strange.map((text) => entryOf(text, 1, { version: text }));
    const events = strange.map((text) => eventOf('a', text, 1));
    const stored = await store().commitPoll({ key, owner: 'worker', events, ledger, now: 2_000 });
    const failure = { code: 'x', message: '\0', help: '\0' };
    await store().finishPoll({ key, owner: 'worker', dueAt: 1, now: 2_000, failure });
    expect(stored.map((event) => event.data.objectId)).toEqual(strange);
    expect(await store().ledger(key, strange)).toEqual(new Map(ledger.map((entry) => [entry.recordId, entry])));
    const leased = await store().leaseDeliveries({ ...worker, now: 2_000, limit: 20 });
    expect(leased.map((delivery) => delivery.lane)).toEqual(strange.map((text) => `contact\n${text}`));
    expect((await store().getPoll(key))?.lastFailure).toMatchObject(failure);
    expect(await store().getInstance('\0')).toBeNull();
  });

  it('that failed are due when their cause is mended; one under way and one that is well are left', async () => {
    const [failed, well, busy] = ['failed', 'well', 'busy'].map((object) => keyOf('a', { object }));
    if (!failed || !well || !busy) throw new Error('three keys');
    await store().createInstance(
      instanceOf('a'),
      [failed, well, busy].map((key) => pollOf(key)),
    );
    for (const key of [failed, well, busy]) {
      const failure = key === well ? null : { code: 'credentials-refused', message: 'no', help: null };
      await store().leasePoll(key, { owner: 'w', now: 2_000, leaseMs });
      await store().finishPoll({ key, owner: 'w', dueAt: 900_000, now: 2_000, failure });
    }
    await store().leasePoll(busy, { owner: 'w', now: 2_500, leaseMs });
    await store().retryPolls('a', 3_000);
    expect((await store().getPoll(failed))?.dueAt).toBe(3_000);
    expect((await store().getPoll(well))?.dueAt).toBe(900_000);
    expect((await store().getPoll(busy))?.dueAt).toBe(900_000);
    const due = await store().leasePolls({ owner: 'w', now: 3_000, leaseMs, limit: 9 });
    expect(due.map(({ object }) => object)).toEqual(['failed']);
  });
}
