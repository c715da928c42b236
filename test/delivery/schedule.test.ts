import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextAttemptAt, retrySpanMs } from '../../src/delivery/schedule.ts';

const hourMs = 3_600_000;

/** Times of all attempts of a delivery that always fails, the first at 0. */
function attemptTimes(random: () => number, retryAfterMs: () => number | null = () => null): number[] {
  const times: number[] = [];
  for (let at: number | null = 0; at !== null; ) {
    times.push(at);
    at = nextAttemptAt({ attempts: times.length, firstAttemptAt: 0, now: at, random, retryAfterMs: retryAfterMs() });
  }
  return times;
}

/** Chance that a seed decides. */
function seeded(seed: number): () => number {
  let draws = 0;
  return () => createHash('sha256').update(`${seed}:${draws++}`).digest().readUInt32BE() / 2 ** 32;
}

describe('the span of all attempts', () => {
  test('is exactly 72 h for every run of luck', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const times = attemptTimes(seeded(seed));
        expect(times.at(-1)).toBe(72 * hourMs);
        expect(times.length).toBeGreaterThan(12);
        expect(times.length).toBeLessThan(120);
      }),
    );
  });

  test.each([0, 0.001, 0.5, 1 - 2 ** -53])('is exactly 72 h when chance always says %d', (value) => {
    expect(attemptTimes(() => value).at(-1)).toBe(72 * hourMs);
  });

  test('is never less than 72 h when the callback asks to wait, nor more than a day beyond', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.option(fc.nat(24 * hourMs)), { minLength: 1 }), (seed, waits) => {
        let index = 0;
        const times = attemptTimes(seeded(seed), () => waits[index++ % waits.length] ?? null);
        expect(times.at(-1)).toBeGreaterThanOrEqual(72 * hourMs);
        expect(times.at(-1)).toBeLessThanOrEqual(96 * hourMs);
      }),
    );
  });
});

test('each wait is drawn evenly between a second and a ceiling that doubles up to 10 h', () => {
  const ceilingOf = (attempts: number, random: number): number | null =>
    nextAttemptAt({ attempts, firstAttemptAt: 0, now: 0, random: () => random, retryAfterMs: null });
  const almostOne = 1 - 2 ** -53;
  expect([1, 2, 3, 4].map((attempts) => ceilingOf(attempts, almostOne))).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect([14, 15, 1_000_000].map((n) => ceilingOf(n, almostOne))).toEqual([36_000_000, 36_000_000, 36_000_000]);
  expect([1, 14].map((attempts) => ceilingOf(attempts, 0))).toEqual([1_000, 1_000]);
  expect(ceilingOf(2, 0.5)).toBe(5_500);
});

test('a callback that asks to wait is left alone so long, and not longer than the draw when it asks for less', () => {
  const at = (retryAfterMs: number): number | null =>
    nextAttemptAt({ attempts: 1, firstAttemptAt: 0, now: 1_000, random: () => 0.5, retryAfterMs });
  expect(at(60_000)).toBe(61_000);
  expect(at(0)).toBe(4_000);
});

test('time counts from the first attempt: one that stood in its lane for days has its 72 h', () => {
  const now = 100 * hourMs;
  const failed = { attempts: 1, now, random: () => 0.5, retryAfterMs: null };
  expect(nextAttemptAt({ ...failed, firstAttemptAt: now })).toBe(now + 3_000);
  expect(nextAttemptAt({ ...failed, firstAttemptAt: now - retrySpanMs })).toBeNull();
});
