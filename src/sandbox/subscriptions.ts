import type { Clock } from './clock.ts';
import type { JsonObject } from './json.ts';

/** Who is told of changes. */
export interface Subscription {
  /** Counts from 1 in each sandbox; a vendor may show another id, made from it. */
  readonly serial: number;
  /** Where posts go; empty while the vendor does not know it yet. */
  readonly url: string;
  readonly isActive: boolean;
  /** What the vendor keeps beside it, by the vendor's own names. */
  readonly settings: JsonObject;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a subscription is made from. */
export type SubscriptionDraft = Pick<Subscription, 'url' | 'isActive' | 'settings'>;

/** The subscriptions of one sandbox, in memory. They are values: a change stores a new one. */
export class SubscriptionBook {
  readonly #clock: Clock;
  readonly #subscriptions = new Map<number, Subscription>();
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In order of creation. */
  list(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  find(serial: number): Subscription | undefined {
    return this.#subscriptions.get(serial);
  }

  add(draft: SubscriptionDraft): Subscription {
    this.#serial += 1;
    const nowMs = this.#clock.now();
    const made = { ...draft, serial: this.#serial, createdAtMs: nowMs, updatedAtMs: nowMs };
    this.#subscriptions.set(made.serial, made);
    return made;
  }

  /** Undefined when there is no such subscription. */
  update(serial: number, changes: Partial<SubscriptionDraft>): Subscription | undefined {
    const before = this.#subscriptions.get(serial);
    if (before === undefined) return undefined;
    const after = { ...before, ...changes, updatedAtMs: this.#clock.now() };
    this.#subscriptions.set(serial, after);
    return after;
  }

  /** Answers whether there was one. */
  remove(serial: number): boolean {
    return this.#subscriptions.delete(serial);
  }
}
