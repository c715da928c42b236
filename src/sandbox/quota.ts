/** Counts calls, or what they cost, in a sliding period. */
export class Quota {
  readonly #periodMs: number;
  #calls: { readonly atMs: number; readonly cost: number }[] = [];
  #used = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** What is counted within the period that ends now. */
  used(nowMs: number): number {
    const fromMs = nowMs - this.#periodMs;
    const first = this.#calls.findIndex(({ atMs }) => atMs > fromMs);
    if (first === 0) return this.#used;
    const gone = this.#calls.splice(0, first < 0 ? this.#calls.length : first);
    this.#used -= gone.reduce((sum, { cost }) => sum + cost, 0);
    return this.#used;
  }

  /** Milliseconds until the oldest counted call leaves the period; 0 when none is counted. */
  waitMs(nowMs: number): number {
    this.used(nowMs);
    const [oldest] = this.#calls;
    return oldest === undefined ? 0 : oldest.atMs + this.#periodMs - nowMs;
  }

  /** Counts a call if less than `max` is counted; answers whether it was. */
  take(nowMs: number, max: number, cost = 1): boolean {
    if (this.used(nowMs) >= max) return false;
    this.#calls.push({ atMs: nowMs, cost });
    this.#used += cost;
    return true;
  }
}
