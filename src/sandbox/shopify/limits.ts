import type { Clock } from '../clock.ts';

export interface BucketSize {
  readonly capacity: number;
  /** What leaks out, or comes back, in a second. */
  readonly perSecond: number;
}

/** A bucket that fills with calls or cost points and leaks evenly. */
export class LeakyBucket {
  readonly #clock: Clock;
  readonly #size: () => BucketSize;
  #level = 0;
  #atMs: number;

  constructor(clock: Clock, size: () => BucketSize) {
    this.#clock = clock;
    this.#size = size;
    this.#atMs = clock.now();
  }

  get size(): BucketSize {
    return this.#size();
  }

  /** What is in the bucket now. */
  get level(): number {
    const nowMs = this.#clock.now();
    const leaked = (Math.max(0, nowMs - this.#atMs) / 1000) * this.#size().perSecond;
    this.#level = Math.max(0, this.#level - leaked);
    this.#atMs = nowMs;
    return this.#level;
  }

  /** Whether so much still fits in. */
  fits(amount: number): boolean {
    return this.level + amount <= this.#size().capacity;
  }

  add(amount: number): void {
    this.#level = this.level + amount;
  }
}

/** Calls in the REST bucket of a standard shop; it leaks a twentieth of that in a second. */
const standardCalls = 40;
/** Points of the GraphQL bucket for each call of the REST one: 2,000 for 40, restored at 100 a second. */
const pointsPerCall = 50;
const secondsToEmpty = 20;

/** The sizes of both buckets, from what the faults make of the first. */
export function bucketSizes(quotaPerBurst: number | null): { readonly calls: BucketSize; readonly points: BucketSize } {
  const calls = quotaPerBurst ?? standardCalls;
  const sized = (capacity: number): BucketSize => ({ capacity, perSecond: capacity / secondsToEmpty });
  return { calls: sized(calls), points: sized(calls * pointsPerCall) };
}
