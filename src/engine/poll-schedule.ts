/** When an object is polled next. Pure. */

/** A vendor in trouble is asked again no later than this. */
const longestBackoffMs = 15 * 60_000;

/**
 * When a feed is due after a poll that went well: the interval, moved by up to a tenth so that instances made
 * together do not stay together.
 */
export function dueAfterSuccess(nowMs: number, everySeconds: number, random: () => number): number {
  return nowMs + Math.round(everySeconds * 1_000 * (0.9 + 0.2 * random()));
}

/**
 * When a feed is due after a failure: doubling with full jitter from the interval on, never sooner than the vendor
 * asked. What cannot be cured by trying again is tried at the longest backoff, for people mend things.
 */
export function dueAfterFailure(
  nowMs: number,
  failure: { readonly retryable: boolean; readonly retryAfterMs: number | undefined },
  attempt: { readonly everySeconds: number; readonly failures: number; readonly random: () => number },
): number {
  const ceiling = Math.min(attempt.everySeconds * 1_000 * 2 ** Math.min(attempt.failures, 20), longestBackoffMs);
  const backoffMs = failure.retryable ? ceiling * (0.5 + 0.5 * attempt.random()) : longestBackoffMs;
  return nowMs + Math.round(Math.max(backoffMs, failure.retryAfterMs ?? 0));
}
