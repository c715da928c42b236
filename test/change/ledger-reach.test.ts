import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LedgerReach, reachAfter, reachOf } from '../../src/change/ledger-reach.ts';
import { ledgerStart, nextWindow, windowStart } from '../../src/change/window.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const traps = {
  field: 'updated',
  granularity: 'ms',
  inclusive: true,
  zone: 'UTC',
  settleSeconds: 5,
  overlapSeconds: 120,
  cap: null,
  sorted: true,
  pageCursorSeconds: 0,
} as const;

/** Polls after so many milliseconds each: of every window its beginning, what was known of it, and the reach after it. */
function polled(startMs: number, waits: readonly number[]) {
  let nowMs = startMs;
  let cursorMs: number | null = null;
  let reach: LedgerReach = reachOf(null, startMs);
  return waits.flatMap((waitMs) => {
    nowMs += waitMs;
    const window = nextWindow({ cursorMs, startMs, vendorNowMs: nowMs, traps });
    if (window === null) return [];
    const moved = {
      sinceMs: windowStart(cursorMs, startMs, traps),
      reachMs: ledgerStart(cursorMs, startMs, traps),
    };
    const before = reach;
    reach = reachAfter(reach, moved, nowMs);
    cursorMs = window.untilMs;
    return [{ atMs: nowMs, window, reach: before, after: reach }];
  });
}

const waits = fc.array(fc.constantFrom(1, 500, 5_000, 60_000, 3 * hourMs, dayMs, 8 * dayMs), {
  minLength: 2,
  maxLength: 40,
});
const startMs = Date.parse('2026-11-20T12:00:00Z');

describe('the reach of the ledger', () => {
  it('covers the window of a poll as long as an edit of that poll’s time may still be read', () => {
    fc.assert(
      fc.property(waits, (chosen) => {
        const polls = polled(startMs, chosen);
        polls.forEach(({ atMs, window: { sinceMs } }, index) => {
          // An edit at that moment hid the record from that window: the first window that shows it begins before it.
          const shown = polls.find((later, at) => at > index && later.window.untilMs > atMs);
          if (shown !== undefined) expect(shown.reach.sinceMs).toBeLessThanOrEqual(sinceMs);
        });
      }),
    );
  });

  it('covers it still when the poll that would read such an edit at last is met by another', () => {
    fc.assert(
      fc.property(waits, (chosen) => {
        const polls = polled(startMs, chosen);
        polls.forEach(({ atMs, window: { sinceMs } }, index) => {
          const met = polls.findIndex((later, at) => at > index && later.window.untilMs > atMs + hourMs);
          const shown = polls.find((later, at) => at > met && later.window.untilMs > (polls[met]?.atMs ?? 0));
          if (met >= 0 && shown !== undefined) expect(shown.reach.sinceMs).toBeLessThanOrEqual(sinceMs);
        });
      }),
    );
  });

  it('never goes back, and covers a day', () => {
    fc.assert(
      fc.property(waits, (chosen) => {
        for (const { reach, after, window } of polled(startMs, chosen)) {
          expect(after.sinceMs).toBeGreaterThanOrEqual(reach.sinceMs);
          expect(reach.sinceMs).toBeLessThanOrEqual(Math.max(startMs, window.sinceMs - dayMs + 120_000));
        }
      }),
    );
  });

  it.each([
    { each: 'minute', waitMs: 60_000, polls: 3_000, mostMs: dayMs + 4 * hourMs },
    { each: 'day', waitMs: dayMs, polls: 20, mostMs: 7 * dayMs },
  ])('moves on where polls come every $each', ({ waitMs, polls, mostMs }) => {
    const last = polled(
      startMs,
      Array.from({ length: polls }, () => waitMs),
    ).at(-1);
    expect((last?.atMs ?? 0) - (last?.after.sinceMs ?? 0)).toBeLessThan(mostMs);
  });
});
