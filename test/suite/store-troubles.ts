/** What a store tells of feeds that are in trouble, and of their end. */
import { expect, it } from 'vitest';
import type { TroubleKind } from '../../src/event/event.ts';
import { troubleBegun } from '../../src/event/notice.ts';
import type { PollFinish, PollKey, Trouble } from '../../src/store/port.ts';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, eventOf, instanceOf, keyOf, leaseMs, pollOf } from './store-builders.ts';

const owner = 'worker';
const failure = { code: 'vendor-unavailable', message: 'GET /contacts was answered 503.', help: null };

/** Of its feed alone, unless it has a cause that others may have. */
function troubleOf(
  key: PollKey,
  kind: TroubleKind,
  at: number,
  of: Trouble['of'] = 'feed',
  cause = `${key.object} ${key.feed}`,
): Trouble {
  const isFeed = of === 'feed';
  const notice = troubleBegun(
    kind,
    {
      connector: 'acme',
      instance: { id: key.instanceId, name: 'A', tags: [] },
      object: isFeed ? key.object : null,
      feed: isFeed ? key.feed : null,
      failure,
      since: new Date(at).toISOString(),
    },
    at,
  );
  return { kind, of, cause, notice };
}

export function troubleCases({ store, reopen }: StoreUnderTest): void {
  const key = keyOf('a');
  const deletes = keyOf('a', { feed: 'deletes' });
  const orders = keyOf('a', { object: 'order' });
  const create = () =>
    store().createInstance(
      instanceOf('a'),
      [key, deletes, orders].map((each) => pollOf(each)),
    );
  /** A poll that ends at that time. */
  const end = async (of: PollKey, now: number, parts: Partial<PollFinish> = {}) => {
    expect(await store().leasePoll(of, { owner, now, leaseMs })).not.toBeNull();
    return store().finishPoll({ key: of, owner, dueAt: now + 1_000, now, failure, ...parts });
  };
  const told = async () =>
    (await store().listEvents({ instanceId: 'a', after: 0, limit: 100 })).map(({ sequence, type, subject }) => [
      sequence,
      type,
      subject,
    ]);

  it('is told once when it begins and once when it ends, in the stream of the instance', async () => {
    await create();
    await commitEvents(store(), orders, [eventOf('a', '1', 1, 'order')], { now: 1_500 });
    for (const at of [2_000, 3_000]) await end(key, at, { troubles: [troubleOf(key, 'poller', at)] });
    await reopen();
    await end(key, 4_000, { troubles: [troubleOf(key, 'poller', 4_000)] });
    // Another feed's success says nothing about this one.
    await end(orders, 5_000, { failure: null });
    const [recovered] = await end(key, 6_000, { failure: null });
    expect(recovered).toMatchObject({
      type: 'poller.recovered',
      sequence: '3',
      data: { object: 'contact', feed: 'changes', failure, since: '1970-01-01T00:00:02.000Z' },
    });
    expect(recovered?.data.until).toBe('1970-01-01T00:00:06.000Z');
    expect(await end(key, 7_000, { failure: null })).toEqual([]);
    expect(await told()).toEqual([
      ['1', 'order.updated', '1'],
      ['2', 'poller.stalled', 'contact'],
      ['3', 'poller.recovered', 'contact'],
    ]);
  });

  it('is told again when it comes again', async () => {
    await create();
    for (const at of [2_000, 4_000]) {
      await end(key, at, { troubles: [troubleOf(key, 'poller', at)] });
      await end(key, at + 1_000, { failure: null });
    }
    const types = (await told()).map(([, type]) => type);
    expect(types).toEqual(['poller.stalled', 'poller.recovered', 'poller.stalled', 'poller.recovered']);
  });

  it('is delivered in a lane of its own, whatever waits in those of records', async () => {
    await create();
    await commitEvents(store(), key, [eventOf('a', '1', 1), eventOf('a', '1', 2)], { now: 1_500 });
    const troubles = [troubleOf(key, 'poller', 2_000), troubleOf(key, 'credentials', 2_000, 'instance')];
    await end(key, 3_000, { troubles });
    const leased = await store().leaseDeliveries({ owner, now: 3_000, leaseMs, limit: 10 });
    expect(leased.map(({ event }) => event.type)).toEqual(['contact.updated', 'poller.stalled', 'credentials.failed']);
    expect(new Set(leased.map(({ lane }) => lane)).size).toBe(3);
  });

  it('of all of an instance is told once by all of its feeds, and ended by any of them', async () => {
    await create();
    const refused = (each: PollKey, at: number) =>
      end(each, at, { troubles: [troubleOf(each, 'credentials', at, 'instance')] });
    await Promise.all([key, deletes, orders].map((each) => refused(each, 2_000)));
    await end(orders, 4_000, { failure: null });
    expect((await told()).map(([, type, subject]) => [type, subject])).toEqual([
      ['credentials.failed', 'a'],
      ['credentials.restored', 'a'],
    ]);
  });

  it('that several feeds have in common is told when the first meets it and when the last is rid of it', async () => {
    await create();
    const lacks = (each: PollKey, at: number, cause = 'a scope') =>
      end(each, at, { troubles: [troubleOf(each, 'credentials', at, 'feed', cause)] });
    await lacks(key, 2_000);
    await lacks(deletes, 3_000);
    await lacks(orders, 3_500, 'another scope');
    await reopen();
    await lacks(deletes, 4_000);
    expect(await end(key, 5_000, { failure: null })).toEqual([]);
    const [restored] = await end(deletes, 6_000, { failure: null });
    // It is the end of what was told: of the feed that met it first.
    expect(restored?.data).toMatchObject({ object: 'contact', feed: 'changes', since: '1970-01-01T00:00:02.000Z' });
    await end(orders, 7_000, { failure: null });
    await lacks(deletes, 8_000);
    expect((await told()).map(([, type, subject]) => [type, subject])).toEqual([
      ['credentials.failed', 'contact'],
      ['credentials.failed', 'order'],
      ['credentials.restored', 'contact'],
      ['credentials.restored', 'order'],
      ['credentials.failed', 'contact'],
    ]);
  });

  it('that several feeds have in common is told once more after the credentials were changed', async () => {
    await create();
    const lacks = (each: PollKey, at: number) =>
      end(each, at, { troubles: [troubleOf(each, 'credentials', at, 'feed', 'a scope')] });
    for (const each of [key, deletes]) await lacks(each, 2_000);
    const polls = [key, deletes, orders].map((each) => pollOf(each));
    await store().updateInstance(instanceOf('a', { credentials: { token: 'another' }, updatedAt: 3_000 }), polls);
    for (const each of [deletes, key]) await lacks(each, 4_000);
    await Promise.all([key, deletes].map((each) => end(each, 6_000, { failure: null })));
    const types = (await told()).map(([, type]) => type);
    expect(types).toEqual(['credentials.failed', 'credentials.failed', 'credentials.restored']);
  });

  it('puts the other feeds of the instance off, but for those under way, and lets them go when it ends', async () => {
    await create();
    await store().createInstance(instanceOf('b'), [pollOf(keyOf('b'))]);
    await store().leasePoll(orders, { owner: 'other', now: 1_500, leaseMs });
    const troubles = [troubleOf(key, 'credentials', 2_000, 'instance')];
    await end(key, 2_000, { troubles, dueAt: 900_000, othersNotBefore: 960_000 });
    const due = async (each: PollKey) => (await store().getPoll(each))?.dueAt;
    expect(await due(key)).toBe(900_000);
    expect(await due(deletes)).toBe(960_000);
    expect(await due(orders)).toBe(1_000);
    expect(await due(keyOf('b'))).toBe(1_000);
    expect(await store().leasePolls({ owner, now: 10_000, leaseMs, limit: 10 })).toMatchObject([{ instanceId: 'b' }]);

    await store().finishPoll({ key: orders, owner: 'other', dueAt: 30_000, now: 11_000, failure: null });
    for (const each of [key, deletes]) expect(await due(each)).toBe(11_000);
  });

  it('is over for now when the credentials are changed: the feeds are due, and a new refusal is told', async () => {
    await create();
    const troubles = [troubleOf(key, 'credentials', 2_000, 'instance')];
    await end(key, 2_000, { troubles, dueAt: 900_000, othersNotBefore: 960_000 });
    const polls = [key, deletes, orders].map((each) => pollOf(each));
    const dueAts = async () => (await store().listPolls('a')).map(({ dueAt }) => dueAt);

    await store().updateInstance(instanceOf('a', { name: 'Renamed', updatedAt: 3_000 }), polls);
    expect(await dueAts()).toEqual([900_000, 960_000, 960_000]);
    await store().updateInstance(instanceOf('a', { credentials: { token: 'another' }, updatedAt: 4_000 }), polls);
    expect(await dueAts()).toEqual([4_000, 4_000, 4_000]);

    await end(key, 5_000, { troubles: [troubleOf(key, 'credentials', 5_000, 'instance')] });
    await end(key, 7_000, { troubles: [troubleOf(key, 'credentials', 7_000, 'instance')] });
    await end(key, 9_000, { failure: null });
    const types = (await told()).map(([, type]) => type);
    expect(types).toEqual(['credentials.failed', 'credentials.failed', 'credentials.restored']);
  });

  it('is not told by one who no longer holds the poll', async () => {
    await create();
    await store().leasePoll(key, { owner, now: 2_000, leaseMs });
    await store().leasePoll(key, { owner: 'next', now: 2_000 + leaseMs, leaseMs });
    const troubles = [troubleOf(key, 'poller', 70_000)];
    const late = { key, owner, dueAt: 80_000, now: 70_000, failure, troubles, othersNotBefore: 99_000 };
    expect(await store().finishPoll(late)).toEqual([]);
    expect(await told()).toEqual([]);
    expect((await store().getPoll(orders))?.dueAt).toBe(1_000);
  });

  it('leaves a poll that was postponed as it was, but for when it is due', async () => {
    await create();
    await end(key, 2_000);
    const before = await store().getPoll(key);
    await end(key, 4_000, { postponed: true, dueAt: 50_000 });
    expect(await store().getPoll(key)).toEqual({ ...before, dueAt: 50_000 });
    expect(await store().leasePolls({ owner, now: 60_000, leaseMs, limit: 9 })).toHaveLength(3);
  });

  it('keeps the pace that polls set, and when one last ended well', async () => {
    await create();
    await end(key, 2_000, { failure: null, pace: { seconds: 22.5, quiet: 2 } });
    await end(key, 4_000);
    await reopen();
    expect(await store().getPoll(key)).toMatchObject({ pace: { seconds: 22.5, quiet: 2 }, wellAt: 2_000 });
  });
}
