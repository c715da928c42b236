/** When webhooks that are registered at a vendor are looked at again. Pure. */
import type { SubscriptionRules } from '../connector/inbound.ts';

/** A vendor may drop a registration and not say so; the polls repair what is lost until it is seen. */
const checkMs = 24 * 3_600_000;

const firstBackoffMs = 30_000;
const longestBackoffMs = 15 * 60_000;
/** What trying again does not cure is tried again all the same, for people mend things at the vendor too. */
const refusedMs = 3_600_000;

/** How long the removal of one is tried. */
export const longestLeaveMs = 24 * 3_600_000;

/** Before it ends, and once a day where the vendor tells what is registered; null for never. */
export function dueAfterRegistering(
  { list, renewBeforeMs }: Pick<SubscriptionRules, 'list' | 'renewBeforeMs'>,
  expiresAtMs: number | null,
  nowMs: number,
  random: () => number,
): number | null {
  // One that lasts shorter than that has half of its life.
  const renewAt =
    expiresAtMs === null ? null : Math.max(expiresAtMs - renewBeforeMs, nowMs + (expiresAtMs - nowMs) / 2);
  const checkAt = list === null ? null : nowMs + checkMs * (0.9 + 0.2 * random());
  const times = [renewAt, checkAt].filter((time): time is number => time !== null);
  return times.length === 0 ? null : Math.round(Math.min(...times));
}

/** Doubling with jitter, never sooner than the vendor asked. @param failures how often it has failed before. */
export function dueAfterRefusal(
  failure: { readonly retryable: boolean; readonly retryAfterMs: number | undefined },
  failures: number,
  nowMs: number,
  random: () => number,
): number {
  const ceilingMs = Math.min(firstBackoffMs * 2 ** Math.min(failures, 20), longestBackoffMs);
  const backoffMs = (failure.retryable ? ceilingMs : refusedMs) * (0.5 + 0.5 * random());
  return nowMs + Math.round(Math.max(backoffMs, failure.retryAfterMs ?? 0));
}
