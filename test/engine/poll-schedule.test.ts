import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import {
  dueAfterSuccess,
  dueAfterWait,
  nextPace,
  type PaceLimits,
  paceLimits,
} from '../../src/engine/poll-schedule.ts';
import type { Pace } from '../../src/store/port.ts';

const { connectors } = await loadConnectors();
const detection = connectors.get('hubspot')?.objects.get('contact')?.changes;
if (detection?.strategy !== 'watermark') throw new Error('no detection');
const of = (everySeconds: number, retentionMs = Number.POSITIVE_INFINITY) => ({
  ...detection,
  everySeconds,
  retentionMs,
});

const everySeconds = fc.integer({ min: 1, max: 100_000 });
const polls = fc.array(fc.boolean(), { maxLength: 200 });
const after = (limits: PaceLimits, found: readonly boolean[], from: Pace | null = null) =>
  found.reduce<Pace | null>((pace, each) => nextPace(pace, each, limits), from);

test('whatever polls find, and wherever it stood before, the pace stays within its limits', () => {
  fc.assert(
    fc.property(
      everySeconds,
      polls,
      fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
      (every, found, before) => {
        const limits = paceLimits(of(every), null);
        const pace = after(limits, [...found, false], before === null ? null : { seconds: before, quiet: 0 });
        expect(pace?.seconds).toBeGreaterThanOrEqual(limits.quickest);
        expect(pace?.seconds).toBeLessThanOrEqual(limits.slowest);
      },
    ),
  );
});

test('the limits hold the usual interval, and neither hammer nor sleep', () => {
  fc.assert(
    fc.property(everySeconds, (every) => {
      const { usual, quickest, slowest } = paceLimits(of(every), null);
      expect(usual).toBe(every);
      expect(quickest).toBeLessThanOrEqual(every);
      expect(quickest).toBeGreaterThanOrEqual(Math.min(every, 10));
      expect(slowest).toBeGreaterThanOrEqual(every);
      expect(slowest).toBeLessThanOrEqual(Math.max(every, 3_600));
    }),
  );
});

test('a feed that always finds changes comes to its quickest pace, one that never does to its slowest', () => {
  fc.assert(
    fc.property(everySeconds, polls, (every, before) => {
      const limits = paceLimits(of(every), null);
      const from = after(limits, before);
      expect(after(limits, Array(8).fill(true), from)?.seconds).toBe(limits.quickest);
      expect(after(limits, Array(40).fill(false), from)?.seconds).toBe(limits.slowest);
    }),
  );
});

test('finding more never makes a feed slower', () => {
  fc.assert(
    fc.property(everySeconds, polls, fc.nat(199), (every, found, index) => {
      fc.pre(found.length > 0);
      const limits = paceLimits(of(every), null);
      const more = found.with(index % found.length, true);
      expect(after(limits, more)?.seconds).toBeLessThanOrEqual(after(limits, found)?.seconds ?? 0);
    }),
  );
});

test('one quiet poll does not slow it down, three do', () => {
  const limits = paceLimits(of(60), null);
  expect(after(limits, [false, false])).toEqual({ seconds: 60, quiet: 2 });
  expect(after(limits, [false, false, false])).toEqual({ seconds: 90, quiet: 0 });
  expect(after(limits, [false, false, true])).toEqual({ seconds: 30, quiet: 0 });
});

test('an interval that the instance gives is kept to', () => {
  const limits = paceLimits(of(60), 45);
  expect(after(limits, [true, true, false, false, false, false], { seconds: 15, quiet: 2 })?.seconds).toBe(45);
});

test('it is never so slow that what the vendor remembers could run out', () => {
  expect(paceLimits(of(600, 1_800_000), null).slowest).toBe(900);
  // A connector that is slower than that by itself stays as it is.
  expect(paceLimits(of(600, 60_000), null).slowest).toBe(600);
});

test('a listing of everything is not read more often because much has changed', () => {
  const snapshot = {
    ...of(900),
    strategy: 'snapshot',
    total: null,
    breaker: { share: 1, atLeast: 1 },
    confirm: false,
    proof: null,
  } as const;
  expect(paceLimits(snapshot, null)).toMatchObject({ quickest: 900, slowest: 3_600 });
});

test('feeds that wait for the same account do not come back together', () => {
  expect([0, 1].map((chance) => dueAfterWait(1_000, 5_000, 60, () => chance))).toEqual([6_000, 12_000]);
  expect([0, 1].map((chance) => dueAfterSuccess(0, 100, () => chance))).toEqual([90_000, 110_000]);
});
