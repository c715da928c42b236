import type { Clock } from '../../src/http/clock.ts';

/** A clock that stands until somebody sleeps: then it is later. Sleepers wake in the order of their times. */
export interface VirtualClock extends Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly slept: readonly number[];
  advance(durationMs: number): void;
  /** Sets the time, and no time goes by. */
  set(byMs: number): void;
}

/** `random` is what chance gives: 1 for the longest waits of full jitter. */
export function virtualClock(startMs = Date.now(), random = 0.5): VirtualClock {
  const slept: number[] = [];
  let nowMs = startMs;
  let setMs = 0;
  return {
    slept,
    now: () => nowMs,
    steady: () => nowMs - setMs,
    random: () => random,
    advance(durationMs) {
      nowMs += durationMs;
    },
    set(byMs) {
      nowMs += byMs;
      setMs += byMs;
    },
    async sleep(delayMs, signal) {
      signal.throwIfAborted();
      slept.push(delayMs);
      const untilMs = nowMs + delayMs;
      // A turn of the event loop for each sleep, so that others may run in between.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}
