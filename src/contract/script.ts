/** What happens in one run of the laws, as data: it can be drawn, cut down and told. */
import type { Faults } from '../sandbox/faults.ts';
import type { Feed } from '../store/port.ts';

/** One thing that somebody does at the vendor. `pick` chooses among the records that it can be done to; `last` is the one written last. */
export interface Write {
  readonly do: 'create' | 'update' | 'delete' | 'purge' | 'restore' | 'merge';
  readonly pick: number | 'last';
  /** How late readers see it: a share of the longest that the vendor was seen to take. */
  readonly late: number;
}

export interface Wait {
  readonly do: 'wait';
  readonly ms: number;
}

export interface Poll {
  readonly do: 'poll';
  readonly feed: Feed;
  /** How the vendor behaves meanwhile; null as it should. */
  readonly trouble: Partial<Faults> | null;
  /** What happens after so many answers of the vendor. */
  readonly during: readonly { readonly after: number; readonly step: Write | Wait | ExpireTokens }[];
  readonly crash: Crash | null;
}

/** Every access token ends. */
export interface ExpireTokens {
  readonly do: 'expire-tokens';
}

/** The process ends: at its n-th commit, before or after it is stored, or after the n-th answer. */
export interface Crash {
  readonly at: 'before-commit' | 'after-commit' | 'after-answer';
  readonly count: number;
}

export type Step = Write | Wait | Poll;

/** How the world is made in which a script plays. */
export interface Setting {
  readonly startMs: number;
  /** The vendor's clock less ours. */
  readonly skewMs: number;
  /** Records per page; null leaves it to the vendor. */
  readonly pageSize: number | null;
  /** The most that one query yields, where the vendor has such a limit; null leaves it to the vendor. */
  readonly resultCap: number | null;
  /** Which of the connector's ways to authenticate is used, among those that the sandbox has credentials for. */
  readonly way: number;
  /** How many of the records were there before the instance began. */
  readonly before: number;
}

export interface Script {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}
