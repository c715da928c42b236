/**
 * When a delivery that failed is tried again.
 *
 * The wait before retry n is drawn evenly from a second up to a ceiling that doubles from 5 s to 10 h: full jitter,
 * so that what failed together does not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Luck with the draw cannot shorten the
 * whole: a delivery is given up by time, never by count. The last attempt is made 72 h after the first one, neither
 * earlier nor, unless the callback itself asked to wait or could not be tried, later. Time counts from the first
 * attempt and not from the event, because an event may have stood in its lane for days behind one that failed.
 */

export const retrySpanMs = 72 * 60 * 60 * 1000;
const minDelayMs = 1_000;
const firstCeilingMs = 5_000;
const lastCeilingMs = 10 * 60 * 60 * 1000;

export interface FailedAttempt {
  /** Attempts made so far, this one counted. */
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long the callback asked to wait; null when it did not say. */
  readonly retryAfterMs: number | null;
}

/** Epoch milliseconds of the next attempt; null when this was the last. */
export function nextAttemptAt({ attempts, firstAttemptAt, now, random, retryAfterMs }: FailedAttempt): number | null {
  const lastAttemptAt = firstAttemptAt + retrySpanMs;
  if (now >= lastAttemptAt) return null;
  // Past 2^30 the doubling has long met the ceiling, and would leave the range of exact numbers.
  const ceilingMs = Math.min(lastCeilingMs, firstCeilingMs * 2 ** Math.min(attempts - 1, 30));
  const delayMs = Math.ceil(minDelayMs + random() * (ceilingMs - minDelayMs));
  return Math.max(Math.min(now + delayMs, lastAttemptAt), now + (retryAfterMs ?? 0));
}
