/** When an object is polled next. Pure. */
import type { Detection } from '../connector/connector.ts';
import type { Pace } from '../store/port.ts';

/** A vendor in trouble is asked again no later than this. */
const longestBackoffMs = 15 * 60_000;

/** How far a feed may leave its connector's interval, in seconds. */
const quickestSeconds = 10;
const slowestSeconds = 3_600;
const stretch = 4;
/** A feed is slowed down after so many polls in a row that found nothing. */
const quietPolls = 3;
const slowDown = 1.5;
/** Of what the vendor remembers, the part that may pass between two polls: one of them may fail. */
const shareOfMemory = 0.5;

/** The intervals that a feed may have, in seconds. */
export interface PaceLimits {
  /** Where it begins. */
  readonly usual: number;
  readonly quickest: number;
  readonly slowest: number;
}

/** @param fixedSeconds what the instance says; it is then kept to. */
export function paceLimits(detection: Detection, fixedSeconds: number | null): PaceLimits {
  const usual = fixedSeconds ?? detection.everySeconds;
  if (fixedSeconds !== null) return { usual, quickest: usual, slowest: usual };
  // Listing everything costs as much when nothing has changed.
  const isCostly = detection.strategy === 'snapshot';
  const quickest = isCostly ? usual : Math.min(usual, Math.max(quickestSeconds, usual / stretch));
  const longest = Math.max(usual, Math.min(usual * stretch, slowestSeconds));
  return { usual, quickest, slowest: Math.max(usual, Math.min(longest, memorySeconds(detection) * shareOfMemory)) };
}

/** How long the vendor can still tell what has changed; without end where it always can. */
function memorySeconds(detection: Detection): number {
  if (detection.strategy === 'delta') return detection.token.lifetimeMs / 1_000;
  return 'retentionMs' in detection ? detection.retentionMs / 1_000 : Number.POSITIVE_INFINITY;
}

/** The pace after a poll that went well: twice as fast when it found changes, slower when several have found none. */
export function nextPace(pace: Pace | null, foundChanges: boolean, limits: PaceLimits): Pace {
  const within = (seconds: number) => Math.min(Math.max(seconds, limits.quickest), limits.slowest);
  const seconds = within(pace?.seconds ?? limits.usual);
  if (foundChanges) return { seconds: within(seconds / 2), quiet: 0 };
  const quiet = (pace?.quiet ?? 0) + 1;
  return quiet < quietPolls ? { seconds, quiet } : { seconds: within(seconds * slowDown), quiet: 0 };
}

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

/** When a feed that had to wait for its account is due: after the wait, and not all of an account's feeds at once. */
export function dueAfterWait(nowMs: number, waitMs: number, everySeconds: number, random: () => number): number {
  return nowMs + Math.round(waitMs + everySeconds * 100 * random());
}
