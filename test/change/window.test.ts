import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextWindow, splitWindow, unitMs, windowStart } from '../../src/change/window.ts';
import type { CursorTraps } from '../../src/definition/connector.ts';

const traps = fc.record({
  field: fc.constant('updated'),
  granularity: fc.constantFrom('ms' as const, 's' as const, 'min' as const),
  inclusive: fc.boolean(),
  zone: fc.constant('UTC'),
  settleSeconds: fc.integer({ min: 0, max: 120 }),
  overlapSeconds: fc.integer({ min: 0, max: 3_600 }),
  cap: fc.constant(null),
  sorted: fc.boolean(),
  pageCursorSeconds: fc.constant(0),
});
const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

describe('a window', () => {
  it('is bounded by the overlap below and the settle time above, on whole units', () => {
    fc.assert(
      fc.property(
        traps,
        time,
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: -10_000, max: 10_000_000 }),
        (traps, startMs, aged, ahead) => {
          const cursorMs = startMs + aged;
          const vendorNowMs = cursorMs + ahead;
          const window = nextWindow({ cursorMs, startMs, vendorNowMs, traps });
          if (window === null) return;
          const unit = unitMs[traps.granularity];
          expect(window.sinceMs % unit).toBe(0);
          expect(window.untilMs % unit).toBe(0);
          expect(window.untilMs).toBeLessThanOrEqual(vendorNowMs - traps.settleSeconds * 1_000);
          expect(window.untilMs).toBeGreaterThan(cursorMs);
          expect(window.sinceMs).toBeLessThanOrEqual(Math.max(startMs, cursorMs - traps.overlapSeconds * 1_000));
          expect(window.sinceMs).toBeGreaterThan(startMs - unit);
        },
      ),
    );
  });

  it('follows the one before without a gap, however the clock goes', () => {
    fc.assert(
      fc.property(
        traps,
        time,
        fc.array(fc.integer({ min: -5_000, max: 60_000 }), { maxLength: 30 }),
        (traps, startMs, steps) => {
          let cursorMs: number | null = null;
          let covered = windowStart(null, startMs, traps);
          let vendorNowMs = startMs;
          for (const step of steps) {
            vendorNowMs += step;
            const window = nextWindow({ cursorMs, startMs, vendorNowMs, traps });
            if (window === null) continue;
            expect(window.sinceMs).toBeLessThanOrEqual(covered);
            expect(window.untilMs).toBeGreaterThan(covered);
            covered = window.untilMs;
            cursorMs = window.untilMs;
          }
        },
      ),
    );
  });

  it('splits into two halves that are it, down to one unit', () => {
    fc.assert(
      fc.property(traps, time, fc.integer({ min: 1, max: 100_000 }), (traps: CursorTraps, start, units) => {
        const unit = unitMs[traps.granularity];
        const sinceMs = Math.floor(start / unit) * unit;
        const parts = splitWindow({ sinceMs, untilMs: sinceMs + units * unit }, traps);
        if (units === 1) {
          expect(parts).toBeNull();
          return;
        }
        expect(parts?.[0].sinceMs).toBe(sinceMs);
        expect(parts?.[0].untilMs).toBe(parts?.[1].sinceMs);
        expect(parts?.[1].untilMs).toBe(sinceMs + units * unit);
        expect(parts?.[0].untilMs).toBeGreaterThan(sinceMs);
        expect((parts?.[0].untilMs ?? 0) % unit).toBe(0);
      }),
    );
  });

  it('waits while the vendor’s clock stands still', () => {
    const still = {
      field: 'u',
      granularity: 's',
      inclusive: true,
      zone: 'UTC',
      settleSeconds: 0,
      overlapSeconds: 60,
      cap: null,
      sorted: true,
      pageCursorSeconds: 0,
    } as const;
    expect(nextWindow({ cursorMs: 5_000, startMs: 0, vendorNowMs: 5_999, traps: still })).toBeNull();
    expect(nextWindow({ cursorMs: 5_000, startMs: 0, vendorNowMs: 6_000, traps: still })).toEqual({
      sinceMs: 0,
      untilMs: 6_000,
    });
  });
});
