/** Counts calls in a sliding period. */
export class Quota {
  readonly #periodMs: number;
  #times: number[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** Calls counted within the period that ends now. */
  used(nowMs: number): number {
    const fromMs = nowMs - this.#periodMs;
    const first = this.#times.findIndex((timeMs) => timeMs > fromMs);
    if (first > 0) this.#times = this.#times.slice(first);
    else if (first < 0) this.#times = [];
    return this.#times.length;
  }

  /** Milliseconds until the oldest counted call leaves the period; 0 when none is counted. */
  waitMs(nowMs: number): number {
    const [oldestMs] = this.used(nowMs) === 0 ? [] : this.#times;
    return oldestMs === undefined ? 0 : oldestMs + this.#periodMs - nowMs;
  }

  /** Counts a call if fewer than `max` are counted; answers whether it was. */
  take(nowMs: number, max: number): boolean {
    if (this.used(nowMs) >= max) return false;
    this.#times.push(nowMs);
    return true;
  }
}
