import { type Random, seededRandom } from './random.ts';

/**
 * What can go wrong at a vendor, each switchable. Rates are shares of the vendor's API answers (0 never, 1 always); `null` is off.
 * The answers of /_sandbox and of the token endpoints are never disturbed.
 */
export interface Faults {
  /** Of the random numbers behind the rates and the edits; setting it starts the sequence again. */
  readonly seed: number;
  /** Disturbs only requests whose path and query contain this text; empty disturbs all. */
  readonly path: string;
  /** How many more requests are disturbed before all rates rest; null is without end. */
  readonly times: number | null;
  /** At a vendor with a search index, a write is found only after this time; reads by id and lists see it at once. */
  readonly indexLagMs: number;
  /** A write carries its own time but nobody sees it before this time has passed. */
  readonly commitLagMs: number;
  /** Share of calls answered as the vendor answers when it is called too often. */
  readonly throttleRate: number;
  /** Value of Retry-After on those answers; null sends none. */
  readonly retryAfterSeconds: number | null;
  /** Share of calls answered with `errorStatus`. */
  readonly errorRate: number;
  /** A server's trouble, or from 423 on what some vendors say when they cannot answer for now: locked, being moved. */
  readonly errorStatus: number;
  /** Share of calls refused as those of credentials that lack a right. */
  readonly forbidRate: number;
  /** Every body pauses this long in its middle, in real time. */
  readonly slowBodyMs: number;
  /** Share of calls whose connection is closed without an answer. */
  readonly dropRate: number;
  /** Share of calls whose connection breaks in the middle of the body. */
  readonly resetRate: number;
  /** Share of calls whose body ends early, though the HTTP message is whole. */
  readonly truncateRate: number;
  /** Share of calls answered 200 with an HTML page, as proxies and login pages do. */
  readonly htmlRate: number;
  /** Share of calls answered 200 with nothing. */
  readonly emptyRate: number;
  /** Share of calls that find all access tokens at their end, as in the middle of a long walk. */
  readonly expireRate: number;
  /** Share of calls before which somebody edits a record, so that pages shift under a walk. */
  readonly editRate: number;
  /** Life of access tokens issued from now on; null is the vendor's own. */
  readonly tokenLifeSeconds: number | null;
  /** At a vendor whose refresh tokens change, each refresh gives a new one and ends the old one at once. */
  readonly rotateRefreshTokens: boolean;
  /** Queries answer every record, whatever they filter for. */
  readonly ignoreFilters: boolean;
  /** Records per page, in place of the vendor's default and what the caller asks for. */
  readonly pageSize: number | null;
  /** Records that one query yields at most, where the vendor has such a limit; null is the vendor's own number. */
  readonly resultCap: number | null;
  /** All edits of one /_sandbox/edit call carry one timestamp, as a vendor's mass update does. */
  readonly equalTimestamps: boolean;
  /** Objects whose deletes the vendor's event log tells, parted by commas; empty is the vendor's own choice. */
  readonly deletesLogged: string;
  /** How far back the vendor's log of deletes reaches, because it was purged; null is the vendor's own time. */
  readonly deletesKeptSeconds: number | null;
  /** Fields and objects that the user is not shown, as if they were removed, parted by commas: `object.field`, `object`. */
  readonly hidden: string;
  /** Calls allowed in the vendor's longest quota period; null is the vendor's own number. */
  readonly quotaPerDay: number | null;
  /** Calls allowed in the vendor's burst period; null is the vendor's own number. */
  readonly quotaPerBurst: number | null;
  /** What each call counts for where a vendor limits the time that calls take together. */
  readonly executionMs: number;
  /** Searches allowed in a second; null does not count them. */
  readonly searchesPerSecond: number | null;
  /** Share of webhook notifications that are never sent. */
  readonly webhookLossRate: number;
  /** Share of webhook posts that are sent twice. */
  readonly webhookDuplicateRate: number;
  /** Webhooks leave this long after the change, by the sandbox's clock. */
  readonly webhookDelayMs: number;
  /** Notifications that are due together leave in an order of the dice. */
  readonly webhookReorder: boolean;
  /** Share of webhook posts that are signed by somebody who does not know the secret; they are not tried again. */
  readonly webhookForgeRate: number;
  /** Moves the times that webhooks are signed with, into the future or, below zero, the past. */
  readonly webhookClockSkewMs: number;
  /** How long a receiver may take, in real time; null is the vendor's own limit. */
  readonly webhookTimeoutMs: number | null;
  /** The most webhook subscriptions of an app; null is the vendor's own number. */
  readonly subscriptionLimit: number | null;
}

export const noFaults: Faults = {
  seed: 1,
  path: '',
  times: null,
  indexLagMs: 0,
  commitLagMs: 0,
  throttleRate: 0,
  retryAfterSeconds: null,
  errorRate: 0,
  errorStatus: 503,
  forbidRate: 0,
  slowBodyMs: 0,
  dropRate: 0,
  resetRate: 0,
  truncateRate: 0,
  htmlRate: 0,
  emptyRate: 0,
  expireRate: 0,
  editRate: 0,
  tokenLifeSeconds: null,
  rotateRefreshTokens: false,
  ignoreFilters: false,
  pageSize: null,
  resultCap: null,
  equalTimestamps: false,
  deletesLogged: '',
  deletesKeptSeconds: null,
  hidden: '',
  quotaPerDay: null,
  quotaPerBurst: null,
  executionMs: 0,
  searchesPerSecond: null,
  webhookLossRate: 0,
  webhookDuplicateRate: 0,
  webhookDelayMs: 0,
  webhookReorder: false,
  webhookForgeRate: 0,
  webhookClockSkewMs: 0,
  webhookTimeoutMs: null,
  subscriptionLimit: null,
};

const hourMs = 3_600_000;
const dayMs = 86_400_000;

type Rule =
  | { readonly kind: 'flag' }
  | { readonly kind: 'text' }
  | {
      readonly kind: 'number';
      readonly from: number;
      readonly to: number;
      readonly whole: boolean;
      readonly orNull: boolean;
    };

const rate: Rule = { kind: 'number', from: 0, to: 1, whole: false, orNull: false };
const lag: Rule = { kind: 'number', from: 0, to: hourMs, whole: true, orNull: false };
const count = (from: number): Rule => ({ kind: 'number', from, to: 1_000_000_000, whole: true, orNull: true });

const rules: Readonly<Record<keyof Faults, Rule>> = {
  seed: { kind: 'number', from: 0, to: 4_294_967_295, whole: true, orNull: false },
  path: { kind: 'text' },
  times: count(0),
  indexLagMs: lag,
  commitLagMs: lag,
  throttleRate: rate,
  retryAfterSeconds: count(0),
  errorRate: rate,
  errorStatus: { kind: 'number', from: 423, to: 599, whole: true, orNull: false },
  forbidRate: rate,
  slowBodyMs: lag,
  dropRate: rate,
  resetRate: rate,
  truncateRate: rate,
  htmlRate: rate,
  emptyRate: rate,
  expireRate: rate,
  editRate: rate,
  tokenLifeSeconds: count(1),
  rotateRefreshTokens: { kind: 'flag' },
  ignoreFilters: { kind: 'flag' },
  pageSize: count(1),
  resultCap: count(1),
  equalTimestamps: { kind: 'flag' },
  deletesLogged: { kind: 'text' },
  deletesKeptSeconds: count(1),
  hidden: { kind: 'text' },
  quotaPerDay: count(0),
  quotaPerBurst: count(0),
  executionMs: lag,
  searchesPerSecond: count(0),
  webhookLossRate: rate,
  webhookDuplicateRate: rate,
  webhookDelayMs: lag,
  webhookReorder: { kind: 'flag' },
  webhookForgeRate: rate,
  webhookClockSkewMs: { kind: 'number', from: -dayMs, to: dayMs, whole: true, orNull: false },
  webhookTimeoutMs: count(1),
  subscriptionLimit: count(0),
};

const isFaultName = (name: string): name is keyof Faults => Object.hasOwn(rules, name);

function problemOf(name: string, value: unknown): string | undefined {
  if (!isFaultName(name)) return `${name}: no such fault`;
  const rule = rules[name];
  if (rule.kind === 'flag') return typeof value === 'boolean' ? undefined : `${name}: must be true or false`;
  if (rule.kind === 'text') return typeof value === 'string' ? undefined : `${name}: must be text`;
  if (value === null && rule.orNull) return undefined;
  const fits =
    typeof value === 'number' && value >= rule.from && value <= rule.to && (!rule.whole || Number.isInteger(value));
  const what = `${rule.whole ? 'a whole number' : 'a number'} from ${rule.from} to ${rule.to}`;
  return fits ? undefined : `${name}: must be ${what}${rule.orNull ? ' or null' : ''}`;
}

/** What is wrong with a change of the faults, one sentence each; empty when it can be applied. */
export function checkFaults(changes: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(changes).flatMap(([name, value]) => problemOf(name, value) ?? []);
}

/** How one request is disturbed. */
export type Strike =
  | 'drop'
  | 'throttle'
  | 'forbid'
  | 'error'
  | 'html'
  | 'empty'
  | 'truncate'
  | 'reset'
  | 'expire'
  | 'edit';

const strikes: readonly (readonly [Strike, keyof Faults])[] = [
  ['drop', 'dropRate'],
  ['throttle', 'throttleRate'],
  ['forbid', 'forbidRate'],
  ['error', 'errorRate'],
  ['html', 'htmlRate'],
  ['empty', 'emptyRate'],
  ['truncate', 'truncateRate'],
  ['reset', 'resetRate'],
  ['expire', 'expireRate'],
  ['edit', 'editRate'],
];

/** The faults that hold now, and the dice behind them. */
export class FaultBox {
  #current: Faults;
  #random: Random;

  constructor(faults: Partial<Faults>) {
    const problems = checkFaults(faults);
    if (problems.length > 0) throw new RangeError(problems.join('; '));
    this.#current = { ...noFaults, ...faults };
    this.#random = seededRandom(this.#current.seed);
  }

  get current(): Faults {
    return this.#current;
  }

  /** The random numbers that edits use too, so that one seed repeats a whole run. */
  get random(): Random {
    return this.#random;
  }

  /** Applies changes that `checkFaults` found nothing wrong with. */
  apply(changes: Partial<Faults>): void {
    this.#current = { ...this.#current, ...changes };
    if (changes.seed !== undefined) this.#random = seededRandom(changes.seed);
  }

  /** Throws the dice for a rate; a rate of 0 leaves them alone. */
  happens(name: 'webhookLossRate' | 'webhookDuplicateRate' | 'webhookForgeRate'): boolean {
    const share = this.#current[name];
    return share > 0 && this.#random() < share;
  }

  /** The list in an order of the dice. */
  shuffle<T>(list: readonly T[]): readonly T[] {
    return list
      .map((item) => ({ item, place: this.#random() }))
      .toSorted((left, right) => left.place - right.place)
      .map(({ item }) => item);
  }

  /** Decides how the request to this path and query is disturbed, if at all, and counts it. */
  strike(pathAndQuery: string): Strike | undefined {
    const faults = this.#current;
    if (faults.times === 0 || !pathAndQuery.includes(faults.path)) return undefined;
    const hit = strikes.find(([, name]) => Number(faults[name]) > 0 && this.#random() < Number(faults[name]));
    if (hit !== undefined && faults.times !== null) this.#current = { ...faults, times: faults.times - 1 };
    return hit?.[0];
  }
}
