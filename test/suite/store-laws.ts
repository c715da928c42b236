/** Whatever happens in whatever order, the store does what the model of it does. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery, DeliveryStatus, Store } from '../../src/store/port.ts';
import type { OpenedStore, OpenStore } from './store.ts';
import { commitEvents, eventOf, instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from './store-builders.ts';
import { type ModelDelivery, type ModelInstance, StoreModel } from './store-model.ts';

const instanceIds = ['a', 'b'];
const owners = ['worker', 'other'];

const anInstance = fc.nat(instanceIds.length - 1);
const anOwner = fc.constantFrom(...owners);
const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      instance: anInstance,
      records: fc.array(fc.tuple(fc.nat(3), fc.nat(6)), { maxLength: 6 }),
      movesCursor: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('lease' as const),
      owner: anOwner,
      limit: fc.nat(5),
      except: fc.constantFrom<readonly string[]>([], [], ['a'], ['b', 'nobody']),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      which: fc.nat(),
      status: fc.constantFrom<DeliveryStatus>('delivered', 'delivered', 'pending', 'dead'),
      waitMs: fc.nat(100_000),
      disableCallback: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(90_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), owner: anOwner }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('releaseOne' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('setCallback' as const), instance: anInstance }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

interface Held {
  readonly delivery: Delivery;
  readonly model: ModelDelivery;
  readonly owner: string;
}

class Run {
  readonly model = new StoreModel(instanceIds);
  /** Leases ever given, also those lost since: their late outcomes must be ignored. */
  readonly held: Held[] = [];
  readonly opened: OpenedStore;
  store: Store;
  now = 10_000;

  constructor(opened: OpenedStore) {
    this.opened = opened;
    this.store = opened.store;
  }

  instance(index: number): ModelInstance {
    const instance = this.model.instances[index];
    if (instance === undefined) throw new RangeError(`no instance ${index}`);
    return instance;
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'commit') return this.commit(step.instance, step.records, step.movesCursor);
    if (step.do === 'lease') return this.lease(step);
    if (step.do === 'finish') return this.finish(step);
    if (step.do === 'release') return this.release(step.owner);
    if (step.do === 'releaseOne') return this.releaseOne(step.which);
    if (step.do === 'setCallback') return this.setCallback(step.instance);
    if (step.do === 'reopen') return this.reopen();
    this.now += step.ms;
  }

  async commit(index: number, records: readonly [number, number][], movesCursor: boolean): Promise<void> {
    const instance = this.instance(index);
    const events = records.map(([record, version]) => eventOf(instance.id, String(record), version));
    const stored = await commitEvents(this.store, keyOf(instance.id), events, {
      now: this.now,
      ...(movesCursor ? { cursor: { ms: this.now } } : {}),
    });
    const lanes = events.map(({ id, data }) => ({ id, lane: `${data.object}\n${data.objectId}` }));
    const before = instance.eventIds.length;
    const added = this.model.commit(instance, lanes, this.now);
    expect(stored.map(({ id, sequence }) => [id, sequence])).toEqual(
      added.map((id, place) => [id, String(before + place + 1)]),
    );
    if (movesCursor) instance.cursor = { ms: this.now };
  }

  async lease(step: { owner: string; limit: number; except: readonly string[] }): Promise<void> {
    const { now } = this;
    const { owner, limit, except } = step;
    const leased = await this.store.leaseDeliveries({ owner, now, leaseMs, limit, except });
    for (const delivery of leased) {
      const { event, lane, attempts, dueAt } = delivery;
      const choices = this.model.next(now, except);
      const model = choices.find(({ eventId }) => eventId === event.id);
      if (model === undefined) throw new Error(`${event.id} was leased before ${choices.map((one) => one.eventId)}`);
      expect({ lane, attempts, dueAt }).toEqual({ lane: model.lane, attempts: model.attempts, dueAt: model.dueAt });
      Object.assign(model, { owner, freeAt: now + leaseMs });
      this.held.push({ delivery, model, owner });
    }
    if (leased.length < limit) expect(this.model.next(now, except)).toEqual([]);
    expect(leased.length).toBeLessThanOrEqual(limit);
  }

  async finish(step: {
    which: number;
    status: DeliveryStatus;
    waitMs: number;
    disableCallback: boolean;
  }): Promise<void> {
    const held = this.held[step.which % Math.max(1, this.held.length)];
    if (held === undefined) return;
    const { delivery, model, owner } = held;
    const dueAt = this.now + step.waitMs;
    const { status, disableCallback } = step;
    // The lease may have been lost and then given to the same owner again; the attempt counted with it.
    const current = { ...delivery, attempts: model.attempts };
    const isTaken = await this.store.finishDelivery(
      outcomeOf(current, owner, { at: this.now, status, dueAt: status === 'pending' ? dueAt : null, disableCallback }),
    );
    expect(isTaken).toBe(this.model.finish(model, owner, status, dueAt));
    const instance = this.model.instances.find(({ id }) => id === delivery.instanceId);
    if (isTaken && disableCallback && instance !== undefined) instance.isOpen = false;
  }

  async release(owner: string): Promise<void> {
    await this.store.releaseDeliveries(owner);
    this.model.release(owner);
  }

  async releaseOne(which: number): Promise<void> {
    const held = this.held[which % Math.max(1, this.held.length)];
    if (held === undefined) return;
    await this.store.releaseDeliveries(held.owner, [held.delivery.id]);
    this.model.release(held.owner, [held.model]);
  }

  async setCallback(index: number): Promise<void> {
    const instance = this.instance(index);
    await this.store.updateInstance(instanceOf(instance.id), [pollOf(keyOf(instance.id))]);
    instance.isOpen = true;
  }

  /** Gives leases back first: whether they outlive a close is the engine's own affair. */
  async reopen(): Promise<void> {
    for (const owner of owners) await this.release(owner);
    this.store = await this.opened.reopen();
  }

  async check(): Promise<void> {
    for (const { id, eventIds, cursor, isOpen } of this.model.instances) {
      const events = await this.store.listEvents({ instanceId: id, after: 0, limit: 1_000 });
      expect(events.map((event) => event.id)).toEqual(eventIds);
      expect(events.map((event) => event.sequence)).toEqual(eventIds.map((_, place) => String(place + 1)));
      expect((await this.store.getPoll(keyOf(id)))?.cursor).toEqual(cursor);
      expect((await this.store.getInstance(id))?.callbackDisabledAt === null).toBe(isOpen);
    }
    const free = this.model.heads().map((delivery) => delivery.freeAt);
    expect(await this.store.nextDueAt('deliveries')).toBe(free.length === 0 ? null : Math.min(...free));
  }

  /** Delivers all that is left: each once, each lane in the order of its events. */
  async drain(): Promise<void> {
    for (const index of instanceIds.keys()) await this.setCallback(index);
    this.now += 1_000_000;
    const left = this.model.deliveries.filter(({ status }) => status === 'pending').map(({ eventId }) => eventId);
    const sent: string[] = [];
    for (;;) {
      const leased = await this.store.leaseDeliveries({ owner: 'drain', now: this.now, leaseMs, limit: 3 });
      if (leased.length === 0) break;
      for (const delivery of leased) {
        sent.push(delivery.event.id);
        expect(await this.store.finishDelivery(outcomeOf(delivery, 'drain', { at: this.now }))).toBe(true);
      }
    }
    expect(sent.toSorted()).toEqual(left.toSorted());
    const laneOf = (id: string) => id.slice(0, id.lastIndexOf('/'));
    for (const lane of new Set(left.map(laneOf))) {
      expect(sent.filter((id) => laneOf(id) === lane)).toEqual(left.filter((id) => laneOf(id) === lane));
    }
  }
}

export function lawCases(open: OpenStore): void {
  it('hold for any sequence of commits, leases, outcomes and restarts', { timeout: 120_000 }, async () => {
    const steps = fc.array(aStep, { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const opened = await open();
        try {
          for (const id of instanceIds) await opened.store.createInstance(instanceOf(id), [pollOf(keyOf(id))]);
          const run = new Run(opened);
          for (const step of sequence) await run.take(step);
          await run.check();
          await run.drain();
        } finally {
          await opened.close();
        }
      }),
      { numRuns: 100 },
    );
  });
}
