/** Whether and when a failed request is sent again within the same `send`. Pure. */
import type { Failure, FailureCode } from '../diagnostic/failure.ts';

export interface RetryLimits {
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** How long one `send` may take with all its waits; a longer wait is the caller's to schedule. */
  readonly budgetMs: number;
  /** The ceiling of the first wait; it doubles with each attempt up to `longestDelayMs`. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

export const defaultRetryLimits: RetryLimits = {
  attempts: 5,
  budgetMs: 60_000,
  firstDelayMs: 500,
  longestDelayMs: 15_000,
};

/** What passes by itself, sent again as it was. */
const TRANSIENT: ReadonlySet<FailureCode> = new Set([
  'vendor-unreachable',
  'vendor-unavailable',
  'vendor-throttled',
  'vendor-answer-unreadable',
]);

export interface Tried {
  /** How often the request has been sent. */
  readonly attempts: number;
  readonly elapsedMs: number;
  /** The request does something, and a failure may have come after it was done. */
  readonly mayBeDone?: boolean;
}

/**
 * Milliseconds to wait before sending again; null to give up. The vendor's own word goes before ours; ours is
 * exponential with full jitter, so that many clients that failed together do not come back together.
 */
export function retryDelayMs(failure: Failure, tried: Tried, random: () => number, limits: RetryLimits): number | null {
  if (!failure.retryable || !TRANSIENT.has(failure.code) || tried.attempts >= limits.attempts) return null;
  if (tried.mayBeDone === true && failure.code !== 'vendor-throttled') return null;
  const ceilingMs = Math.min(limits.longestDelayMs, limits.firstDelayMs * 2 ** (tried.attempts - 1));
  const delayMs = failure.retryAfterMs ?? Math.round(random() * ceilingMs);
  return tried.elapsedMs + delayMs > limits.budgetMs ? null : delayMs;
}
