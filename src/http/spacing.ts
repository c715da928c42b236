/** How far apart the requests of an account are, so that its quota lasts. Pure. */
import type { Allowance } from './quota-headers.ts';

export interface Spacing {
  /** Between the starts of two requests, in milliseconds. */
  readonly gapMs: number;
  /** Before the next one. */
  readonly waitMs: number;
}

/**
 * With all of the quota left there is no gap; it grows as the quota shrinks, until what is left of our share would last
 * for the rest of the window. When the share is used up, we wait until there is some again.
 * @param share the part of the quota that we may use, 0 to 1; the rest is left to the account's other users.
 */
export function spacingOf(
  { limit, remaining, windowMs, resets }: Allowance & { limit: number },
  share: number,
): Spacing {
  const usable = remaining - Math.floor(limit - limit * share);
  if (usable >= 1) {
    const usedShare = Math.max(0, 1 - remaining / limit);
    return { gapMs: (windowMs / usable) * usedShare, waitMs: 0 };
  }
  if (resets) return { gapMs: 0, waitMs: windowMs };
  const oneMs = windowMs / limit;
  return { gapMs: oneMs, waitMs: oneMs * (1 - usable) };
}
