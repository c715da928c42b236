/** The time of a run against a sandbox: it stands still until somebody sleeps or moves it, so that no run waits. */
import type { Clock } from '../http/clock.ts';

export interface ManualClock extends Clock {
  /** Moves it on by so many milliseconds. */
  advance(byMs: number): void;
}

/** @param random what retries draw their waits from. */
export function manualClock(startMs: number, random: () => number): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    steady: () => nowMs,
    random,
    advance(byMs) {
      nowMs += byMs;
    },
    async sleep(delayMs, signal) {
      signal.throwIfAborted();
      const untilMs = nowMs + delayMs;
      // A turn of the event loop for each sleep, so that others may run in between.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}
