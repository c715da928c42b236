/** The bounded time range that one poll asks for. Pure. */
import type { CursorTraps } from '../definition/connector.ts';

/** `sinceMs` belongs to the window, `untilMs` does not. */
export interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Milliseconds of the smallest step that the vendor compares. */
export const unitMs: Readonly<Record<CursorTraps['granularity'], number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  day: 86_400_000,
};

/** The beginning of the step that a time lies in. */
export function floorTo(timeMs: number, unit: number): number {
  return Math.floor(timeMs / unit) * unit;
}

/** The lower bound of a window that continues from a cursor: the overlap re-read, but never before the start. */
export function windowStart(cursorMs: number | null, startMs: number, traps: CursorTraps): number {
  const unit = unitMs[traps.granularity];
  const start = floorTo(startMs, unit);
  return cursorMs === null ? start : Math.max(start, floorTo(cursorMs - traps.overlapSeconds * 1_000, unit));
}

/** How long the ledger keeps what no window will read again: a day of records, to tell created from updated. */
const memoryMs = 86_400_000;

/**
 * From when on the ledger knows every record that was reported. Further back than the next window: a record that was
 * created before it and edited each time a window ended is seen late, and is still new.
 */
export function ledgerStart(cursorMs: number | null, startMs: number, traps: CursorTraps): number {
  const windowMs = windowStart(cursorMs, startMs, traps);
  const longAgoMs = (cursorMs ?? startMs) - memoryMs;
  return Math.max(floorTo(startMs, unitMs[traps.granularity]), Math.min(windowMs, longAgoMs));
}

/** The highest bound that is safe to read up to when the vendor's clock shows `vendorNowMs`. */
export function windowEnd(vendorNowMs: number, traps: CursorTraps): number {
  return floorTo(vendorNowMs - traps.settleSeconds * 1_000, unitMs[traps.granularity]);
}

/**
 * The next window of a feed, or null while the vendor's clock has not moved past the cursor by a whole unit.
 * Both bounds lie on whole units, so that the vendor's rounding and ours cannot differ.
 */
export function nextWindow(position: {
  cursorMs: number | null;
  startMs: number;
  vendorNowMs: number;
  traps: CursorTraps;
}): Window | null {
  const { cursorMs, startMs, vendorNowMs, traps } = position;
  const sinceMs = windowStart(cursorMs, startMs, traps);
  const untilMs = windowEnd(vendorNowMs, traps);
  return untilMs > Math.max(sinceMs, cursorMs ?? sinceMs) ? { sinceMs, untilMs } : null;
}

/** Two windows that make up one, cut on a whole unit; null when it is one unit wide. */
export function splitWindow(window: Window, traps: CursorTraps): readonly [Window, Window] | null {
  const unit = unitMs[traps.granularity];
  const middleMs = window.sinceMs + floorTo((window.untilMs - window.sinceMs) / 2, unit);
  if (middleMs === window.sinceMs) return null;
  return [
    { sinceMs: window.sinceMs, untilMs: middleMs },
    { sinceMs: middleMs, untilMs: window.untilMs },
  ];
}

/** The bounds as the vendor is asked: one that leaves out the lower bound itself is asked from one step before it. */
export function askedWindow({ sinceMs, untilMs }: Window, { inclusive, granularity }: CursorTraps): Window {
  return { sinceMs: inclusive ? sinceMs : sinceMs - unitMs[granularity], untilMs };
}
