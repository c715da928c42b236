/**
 * A circuit breaker for one callback. After some failures in a row, whatever their lanes, it opens: nothing is sent,
 * no attempt is used up. After a while one delivery goes out as a probe; a success closes the breaker, a failure
 * opens it for twice as long. Pure: a state and what happened give the next state.
 */

export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly openMs: number }
  | { readonly state: 'probing'; readonly openMs: number };

export interface BreakerRules {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it opens at first. */
  readonly openMs: number;
  /** How long it opens at most. */
  readonly maxOpenMs: number;
}

export const breakerRules: BreakerRules = { failures: 10, openMs: 10_000, maxOpenMs: 300_000 };

export const closedBreaker: Breaker = { state: 'closed', failures: 0 };

/** From when on it lets something out; null while a probe is under way. */
export function opensAt(breaker: Breaker): number | null {
  switch (breaker.state) {
    case 'closed':
      return 0;
    case 'open':
      return breaker.until;
    case 'probing':
      return null;
  }
}

/** After something was let out: the first one past the open time is the probe. */
export function onSend(breaker: Breaker): Breaker {
  return breaker.state === 'open' ? { state: 'probing', openMs: breaker.openMs } : breaker;
}

export function onFailure(breaker: Breaker, now: number, rules: BreakerRules): Breaker {
  switch (breaker.state) {
    case 'closed': {
      const failures = breaker.failures + 1;
      return failures < rules.failures ? { state: 'closed', failures } : open(rules.openMs, now);
    }
    case 'probing':
      return open(Math.min(breaker.openMs * 2, rules.maxOpenMs), now);
    case 'open':
      // Sent before it opened: nothing new.
      return breaker;
  }
}

/** After a send that ended without saying anything about the callback: another may probe. */
export function onUndecided(breaker: Breaker, now: number): Breaker {
  return breaker.state === 'probing' ? { state: 'open', until: now, openMs: breaker.openMs } : breaker;
}

function open(openMs: number, now: number): Breaker {
  return { state: 'open', until: now + openMs, openMs };
}
