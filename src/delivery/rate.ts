/**
 * A limit on how often something is sent, by the generic cell rate algorithm: one number says it all, the time at
 * which everything sent so far would be done if sent evenly. A burst of up to a second's worth passes.
 */

export interface Rate {
  readonly perSecond: number;
}

/** When the next may be sent; in the past or now when at once. */
export function nextSendAt(doneAt: number, rate: Rate): number {
  return doneAt + intervalMs(rate) - Math.max(1_000, intervalMs(rate));
}

/** The new `doneAt` after one more was sent. */
export function onRated(doneAt: number, now: number, rate: Rate): number {
  return Math.max(doneAt, now) + intervalMs(rate);
}

function intervalMs({ perSecond }: Rate): number {
  return 1_000 / perSecond;
}
