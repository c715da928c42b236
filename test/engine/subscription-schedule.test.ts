import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAfterRefusal, dueAfterRegistering } from '../../src/engine/subscription-schedule.ts';

const hourMs = 3_600_000;
const list = {} as never;
const half = () => 0.5;

describe('one that is registered', () => {
  const rules = { list: null, renewBeforeMs: hourMs };

  it('is looked at before it ends, and once a day where the vendor lists it', () => {
    expect(dueAfterRegistering(rules, null, 0, half)).toBe(null);
    expect(dueAfterRegistering(rules, 5 * hourMs, 0, half)).toBe(4 * hourMs);
    expect(dueAfterRegistering({ ...rules, list }, null, 0, half)).toBe(24 * hourMs);
    expect(dueAfterRegistering({ ...rules, list }, 48 * hourMs, 0, half)).toBe(24 * hourMs);
    expect(dueAfterRegistering({ ...rules, list }, 5 * hourMs, 0, half)).toBe(4 * hourMs);
  });

  it('that lives shortly is renewed at half its life, never at once', () => {
    expect(dueAfterRegistering(rules, hourMs / 2, 0, half)).toBe(hourMs / 4);
  });
});

describe('one that failed', () => {
  it('is tried again later each time, and seldom where trying does not help', () => {
    const waits = [0, 1, 2, 9].map((failures) =>
      dueAfterRefusal({ retryable: true, retryAfterMs: undefined }, failures, 0, () => 1),
    );
    expect(waits).toEqual([30_000, 60_000, 120_000, 900_000]);
    expect(dueAfterRefusal({ retryable: false, retryAfterMs: undefined }, 0, 0, () => 1)).toBe(hourMs);
  });

  it('is never tried sooner than the vendor asked, nor within 15 seconds', () => {
    const aFailure = fc.record({ retryable: fc.boolean(), retryAfterMs: fc.option(fc.nat(9e6), { nil: undefined }) });
    const aChance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(aFailure, fc.nat(1e6), aChance, (failure, failures, chance) => {
        const waitMs = dueAfterRefusal(failure, failures, 0, () => chance);
        expect(waitMs).toBeGreaterThanOrEqual(Math.max(15_000, failure.retryAfterMs ?? 0));
      }),
    );
  });
});
