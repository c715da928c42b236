import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createQuotas } from '../../src/http/quota.ts';
import type { QuotaBoard } from '../../src/http/quota-board.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const free = { concurrency: 100, requestsPerSecond: undefined };

describe('a quota', () => {
  it('lets so many through at once, first come first served', async () => {
    const quota = createQuotas(virtualClock()).of('acme');
    const limits = { concurrency: 2, requestsPerSecond: undefined };
    const order: number[] = [];
    let underWay = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async (_, number) => {
        const release = await quota.acquire(limits, 60_000, never);
        order.push(number);
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        release();
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('spaces requests to the rate', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    const startedAt: number[] = [];
    for (let number = 0; number < 5; number += 1) {
      const release = await quota.acquire({ concurrency: 4, requestsPerSecond: 5 }, 60_000, never);
      startedAt.push(clock.now());
      release();
    }
    expect(startedAt).toEqual([0, 200, 400, 600, 800]);
  });

  it('is one per account, and a pause is for all of it', async () => {
    const clock = virtualClock(0);
    const quotas = createQuotas(clock);
    await quotas.of('acme').pause(5000);
    await quotas.of('acme').pause(1000);
    (await quotas.of('other').acquire(free, 60_000, never))();
    expect(clock.now()).toBe(0);
    (await quotas.of('acme').acquire(free, 60_000, never))();
    expect(clock.now()).toBe(5000);
  });

  it('does not keep anybody longer than they would wait', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    await quota.pause(90_000);
    await expect(quota.acquire(free, 60_000, never)).rejects.toMatchObject({
      code: 'account-waiting',
      retryAfterMs: 90_000,
    });
    expect(clock.now()).toBe(0);
    clock.advance(40_000);
    (await quota.acquire(free, 60_000, never))();
    expect(clock.now()).toBe(90_000);
  });

  it('is not used up by those who cannot wait for their turn', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    const slow = { concurrency: 4, requestsPerSecond: 0.01 };
    (await quota.acquire(slow, 60_000, never))();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(quota.acquire(slow, 60_000, never)).rejects.toMatchObject({ retryAfterMs: 100_000 });
    }
    clock.advance(100_000);
    (await quota.acquire(slow, 60_000, never))();
    expect(clock.now()).toBe(100_000);
  });

  it('gives back the place of one who gave up, in line or asleep', async () => {
    const quota = createQuotas(virtualClock()).of('acme');
    const one = { concurrency: 1, requestsPerSecond: undefined };
    const release = await quota.acquire(one, 1000, never);
    const impatient = new AbortController();
    const waiting = quota.acquire(one, 1000, impatient.signal);
    const next = quota.acquire(one, 1000, never);
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    release();
    (await next)();
    await quota.pause(500);
    const asleep = new AbortController();
    const sleeping = quota.acquire(one, 1000, asleep.signal);
    asleep.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    (await quota.acquire(one, 1000, never))();
  });

  it('lets members take turns, so that one who asks often does not keep the others', async () => {
    const quota = createQuotas(virtualClock()).of('acme');
    const one = { concurrency: 1, requestsPerSecond: undefined };
    const held = await quota.acquire(one, 1000, never, 'busy');
    const order: string[] = [];
    const ask = async (member: string) => {
      const release = await quota.acquire(one, 1000, never, member);
      order.push(member);
      release();
    };
    const asked = ['busy', 'busy', 'busy', 'busy', 'small', 'other', 'small'].map(ask);
    held();
    await Promise.all(asked);
    expect(order).toEqual(['busy', 'small', 'other', 'busy', 'small', 'busy', 'busy']);
  });

  it('spaces requests by what answers say is left, and forgets it when the window is over', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    const allowance = { name: 'a', limit: 100, windowMs: 60_000, resets: true };
    const startOf = async () => {
      (await quota.acquire(free, 600_000, never))();
      return clock.now();
    };
    quota.learn([{ ...allowance, remaining: 60 }], 0.8);
    expect([await startOf(), await startOf(), await startOf()]).toEqual([0, 600, 1200]);
    quota.learn([{ ...allowance, remaining: 20 }], 0.8);
    expect(await startOf()).toBe(61_200);
    expect(await startOf()).toBe(61_200);
  });

  it('never uses more than its share of a window, however many ask', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    const windowMs = 60_000;
    const used = [0, 0, 0];
    const send = async () => {
      const release = await quota.acquire({ concurrency: 4, requestsPerSecond: undefined }, 600_000, never);
      const window = Math.floor(clock.now() / windowMs);
      const count = (used[window] ?? 0) + 1;
      used[window] = count;
      const leftMs = (window + 1) * windowMs - clock.now();
      quota.learn([{ name: 'a', limit: 100, remaining: 100 - count, windowMs: leftMs, resets: true }], 0.8);
      release();
    };
    await Promise.all(Array.from({ length: 200 }, send));
    expect(Math.max(...used)).toBeLessThanOrEqual(80);
    expect(used[0]).toBeGreaterThan(60);
  });

  it('takes the most that was ever left for the whole, where the vendor does not say', async () => {
    const clock = virtualClock(0);
    const quota = createQuotas(clock).of('acme');
    const left = (remaining: number) =>
      quota.learn([{ name: 'a', limit: undefined, remaining, windowMs: 10_000, resets: true }], 1);
    left(10);
    left(5);
    const starts: number[] = [];
    for (let number = 0; number < 2; number += 1) {
      (await quota.acquire(free, 60_000, never))();
      starts.push(clock.now());
    }
    expect(starts).toEqual([0, 1000]);
  });

  describe('shared by processes', () => {
    /** A board as several processes have it. */
    function sharedBoard(nodes: number) {
      const pauses = new Map<string, number>();
      const told: number[] = [];
      let reads = 0;
      const board: QuotaBoard = {
        async read(account) {
          reads += 1;
          return { pausedUntilMs: pauses.get(account) ?? 0, nodes };
        },
        async pause(account, untilMs) {
          told.push(untilMs);
          pauses.set(account, untilMs);
        },
      };
      return { board, told, reads: () => reads };
    }

    it('waits when another was told to', async () => {
      const { board } = sharedBoard(2);
      const here = virtualClock(0);
      const there = virtualClock(0);
      const quota = createQuotas(here, board).of('acme');
      (await quota.acquire(free, 60_000, never))();
      await createQuotas(there, board).of('acme').pause(30_000);
      here.advance(1_000);
      (await createQuotas(here, board).of('other').acquire(free, 60_000, never))();
      expect(here.now()).toBe(1_000);
      await expect(quota.acquire(free, 20_000, never)).rejects.toMatchObject({ retryAfterMs: 29_000 });
      (await quota.acquire(free, 60_000, never))();
      expect(here.now()).toBe(30_000);
    });

    it('sees what another was told while it waits', async () => {
      const { board } = sharedBoard(1);
      const clock = virtualClock(0);
      const slow = { concurrency: 1, requestsPerSecond: 0.1 };
      const quota = createQuotas(clock, board).of('acme');
      (await quota.acquire(slow, 60_000, never))();
      const second = quota.acquire(slow, 60_000, never);
      await createQuotas(clock, board).of('acme').pause(25_000);
      (await second)();
      expect(clock.now()).toBe(25_000);
    });

    it('divides rate and places', async () => {
      const { board } = sharedBoard(3);
      const clock = virtualClock(0);
      const quota = createQuotas(clock, board).of('acme');
      const startedAt: number[] = [];
      for (let number = 0; number < 3; number += 1) {
        (await quota.acquire({ concurrency: 4, requestsPerSecond: 5 }, 60_000, never))();
        startedAt.push(clock.now());
      }
      expect(startedAt).toEqual([0, 600, 1_200]);
      const first = await quota.acquire({ ...free, concurrency: 4 }, 60_000, never);
      let entered = false;
      const second = quota.acquire({ ...free, concurrency: 4 }, 60_000, never).then((release) => {
        entered = true;
        return release;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(entered).toBe(false);
      first();
      (await second)();
    });

    it('asks and tells no more often than it must', async () => {
      const { board, told, reads } = sharedBoard(1);
      const clock = virtualClock(0);
      const quota = createQuotas(clock, board).of('acme');
      for (let number = 0; number < 50; number += 1) (await quota.acquire(free, 60_000, never))();
      expect(reads()).toBe(1);
      for (const delayMs of [200, 1_000, 5_000, 5_000, 4_000, 5_500, 7_000]) await quota.pause(delayMs);
      expect(told).toEqual([5_000, 7_000]);
    });

    it('fails as the board does, and asks again', async () => {
      const { board } = sharedBoard(1);
      let isDown = true;
      const read: QuotaBoard['read'] = async (account) => {
        if (isDown) throw new Error('down');
        return board.read(account);
      };
      const quota = createQuotas(virtualClock(0), { ...board, read }).of('acme');
      const one = { ...free, concurrency: 1 };
      await expect(quota.acquire(one, 60_000, never)).rejects.toThrow('down');
      isDown = false;
      (await quota.acquire(one, 60_000, never))();
    });
  });
});
