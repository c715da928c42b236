/** How soon another node goes on with what one that died had begun: its polls, its deliveries, its inbox. */
import { expect, it, vi } from 'vitest';
import { createDeliverer, deliveryLeaseMs } from '../../src/delivery/deliverer.ts';
import { createInboxWorker, inboxLeaseMs } from '../../src/engine/inbox-worker.ts';
import { createLog } from '../../src/engine/log.ts';
import { createPoller, pollLeaseMs } from '../../src/engine/poller.ts';
import { restUntil } from '../../src/engine/rest.ts';
import type { Store } from '../../src/store/port.ts';
import type { StoreUnderTest } from './store.ts';
import { commitEvents, eventOf, instanceOf, keyOf, pollOf } from './store-builders.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** From the death of a node until another goes on: the lease, and the longest rest of whoever looks for one. */
const mostMs = 30_000;
const startMs = 1_000_000;
const key = keyOf('a');
const dying = 'dying';

interface Work {
  /** Makes something to do, and takes it as the node that dies. */
  take(store: Store, now: number): Promise<void>;
  /** Works as a node that lives, until the signal aborts. */
  live(store: Store, clock: VirtualClock, stop: AbortSignal): Promise<void>;
}

const node = {
  log: createLog('silent'),
  owner: 'living',
  concurrency: 4,
  line: async () => null,
  onEvents: () => undefined,
  onPollDue: () => undefined,
};

const works: Readonly<Record<string, Work>> = {
  polls: {
    async take(store, now) {
      expect(await store.leasePolls({ owner: dying, now, leaseMs: pollLeaseMs, limit: 9 })).toHaveLength(1);
    },
    live: (store, clock, stop) => createPoller({ ...node, store, clock }).run(stop),
  },
  deliveries: {
    async take(store, now) {
      await commitEvents(store, key, [eventOf('a', '1', 1)], { now });
      const lease = { owner: dying, now, leaseMs: deliveryLeaseMs, limit: 9 };
      expect(await store.leaseDeliveries(lease)).toHaveLength(1);
    },
    live: (store, clock, stop) =>
      createDeliverer({
        ...node,
        store,
        clock: { ...clock, sleep: (ms, signal) => restUntil(clock, ms, signal) },
        send: async () => ({ status: 204, durationMs: 1, retryAfterMs: null, failure: null }),
      }).run(stop),
  },
  inbox: {
    async take(store, now) {
      const change = { instanceId: 'a', object: 'contact', recordId: '1', change: 'updated' as const };
      await store.addToInbox([{ ...change, occurredAt: null, record: null, dedupe: null, receivedAt: now }]);
      const lease = { owner: dying, now, leaseMs: inboxLeaseMs };
      expect(await store.leaseInbox({ ...lease, limit: 9, each: 9 })).toHaveLength(1);
      expect(await store.leasePoll(key, { ...lease, leaseMs: pollLeaseMs })).not.toBeNull();
    },
    live: (store, clock, stop) => createInboxWorker({ ...node, store, clock }).run(stop),
  },
};

export function takeOverCases({ store }: StoreUnderTest): void {
  /** The store as the living node has it; `onTaken` hears what it takes, and when. */
  const observed = (onTaken: (atMs: number) => void): Store => ({
    ...store(),
    async leasePolls(request) {
      const leased = await store().leasePolls(request);
      if (leased.length > 0) onTaken(request.now);
      return leased;
    },
    async leasePoll(wanted, request) {
      const leased = await store().leasePoll(wanted, request);
      if (leased !== null) onTaken(request.now);
      return leased;
    },
    async leaseDeliveries(request) {
      const leased = await store().leaseDeliveries(request);
      if (leased.length > 0) onTaken(request.now);
      return leased;
    },
  });

  // The living one has looked for work some time before the other dies, and rests.
  const cases = Object.entries(works).flatMap(([name, work]) =>
    [0, 1_000, 2_499, 4_999].map((beforeMs) => ({ name, work, beforeMs })),
  );
  it.each(cases)('takes $name over within 30 s, when it had looked $beforeMs ms before', async ({ work, beforeMs }) => {
    await store().createInstance(instanceOf('a'), [pollOf(key, { dueAt: startMs })]);
    const diesAtMs = startMs + beforeMs;
    await work.take(store(), diesAtMs);
    const stop = new AbortController();
    let takenAtMs = 0;
    const onTaken = (atMs: number): void => {
      takenAtMs ||= atMs;
      stop.abort();
    };
    await work.live(observed(onTaken), virtualClock(startMs), stop.signal);
    expect(takenAtMs).toBeGreaterThan(diesAtMs);
    expect(takenAtMs - diesAtMs).toBeLessThanOrEqual(mostMs);
  });

  it('leaves a poll of two minutes to the node that lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await store().createInstance(instanceOf('a'), [pollOf(key, { dueAt: startMs })]);
      const clock = virtualClock(startMs);
      let end: (() => void) | undefined;
      const renewed: Promise<boolean>[] = [];
      const poller = createPoller({
        ...node,
        clock,
        store: {
          ...store(),
          renewPoll(wanted, request) {
            const renewal = store().renewPoll(wanted, request);
            renewed.push(renewal);
            return renewal;
          },
        },
        line: () =>
          new Promise((resolve) => {
            end = () => resolve(null);
          }),
      });
      const poll = poller.pollNow(key);
      await vi.waitUntil(() => end !== undefined);
      for (let second = 0; second < 120; second += 1) {
        clock.advance(1_000);
        vi.advanceTimersByTime(1_000);
        await Promise.all(renewed);
        const other = { owner: 'other', now: clock.now(), leaseMs: pollLeaseMs };
        expect(await store().leasePolls({ ...other, limit: 9 })).toEqual([]);
        expect(await store().leasePoll(key, other)).toBeNull();
      }
      expect(renewed.length).toBeGreaterThanOrEqual(120_000 / pollLeaseMs);
      end?.();
      await poll;
    } finally {
      vi.useRealTimers();
    }
  });
}
