import type { Change } from './change.ts';
import type { JsonObject } from './json.ts';
import type { Random } from './random.ts';
import type { Subscription } from './subscriptions.ts';

/** What a post is made of. Each notification is what `VendorWebhooks.notify` made. */
export interface Batch {
  /** The subscription that the batch is sent for; one of several where the vendor shares a post among them. */
  readonly subscription: Subscription;
  readonly notifications: readonly JsonObject[];
}

/** What holds at the moment of a post. */
export interface PostContext {
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** The vendor's clock, moved by the skew that the faults ask for. */
  readonly nowMs: number;
  /** The post must look like one of somebody who does not know the secret. */
  readonly isForged: boolean;
  /** The record as it is now; undefined when there is none. */
  record(object: string, id: string): JsonObject | undefined;
  /** `http://127.0.0.1:port` of the sandbox. */
  origin(): string;
}

/** One POST, ready to be sent. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver answered. */
export interface PostAnswer {
  /** Null when there was no answer: refused, broken or too late. */
  readonly status: number | null;
  readonly body: string;
  /** From Retry-After in whole seconds; null without one. */
  readonly retryAfterMs: number | null;
}

/** An attempt that failed, from which a vendor works out when to try again. */
export interface FailedAttempt {
  readonly attempt: number;
  /** Since the first attempt of the same post. */
  readonly ageMs: number;
  readonly answer: PostAnswer;
  readonly random: Random;
}

/** How one vendor sends webhooks; every vendor that sends some has this shape. */
export interface VendorWebhooks {
  /** Notifications in one post at most. */
  readonly maxBatch: number;
  /** How long a receiver may take. */
  readonly timeoutMs: number;
  /** Where people set subscriptions in a portal, which the sandbox stands for with /_sandbox/webhooks. */
  readonly portal?: {
    /** A new subscription takes the place of the one before. */
    readonly isSingle: boolean;
    /** The settings to keep from what is given beside the URL, or a sentence that says what is wrong. */
    check(given: JsonObject): JsonObject | string;
  };
  /** Whether a subscription ends when its post is given up; without this none does. */
  endsByFailing?(subscription: Subscription): boolean;
  /** Subscriptions with the same key and URL share a post; without this each has its own. */
  groupOf?(subscription: Subscription): string;
  /** The notifications that a change makes for a subscription; `serial` counts on with every call. */
  notify(change: Change, subscription: Subscription, serial: () => number): readonly JsonObject[];
  /** The post of a batch, signed. */
  post(batch: Batch, context: PostContext): Post;
  isSuccess(answer: PostAnswer): boolean;
  /** Milliseconds until the next attempt; undefined when the vendor gives up. */
  retryGapMs(failed: FailedAttempt): number | undefined;
}
