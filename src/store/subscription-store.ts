/** The part of the store's port for the webhooks that are registered at vendors. */
import type { Instance } from './instance.ts';

export interface SubscriptionKey {
  /** Whose it is: an instance, or an operator's app. */
  readonly instanceId: string;
  /** The connector's name of the kind of webhook. */
  readonly way: string;
  /** What was asked for; empty where one registration covers all. */
  readonly topic: string;
  /** What the vendor calls; empty where another registration says it for this one. */
  readonly url: string;
}

/** A webhook that is registered at its vendor, or may be. It is stored before it is asked for. */
export interface Subscription extends SubscriptionKey {
  /** What registering captured, by name. */
  readonly captured: Readonly<Record<string, string>>;
  /** null while nobody knows whether it is registered. */
  readonly since: number | null;
  /** When the vendor ends it; null when it does not, or is not registered. */
  readonly expiresAt: number | null;
  /** When it is to be looked at again; null for never. */
  readonly dueAt: number | null;
  /** Since when it is to be removed; null while it is wanted. */
  readonly leavingSince: number | null;
  readonly failures: number;
  readonly lastFailure: {
    readonly code: string;
    readonly message: string;
    readonly help: string | null;
    readonly at: number;
  } | null;
}

export interface SubscriberLease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly limit: number;
}

export interface SubscriberFinish {
  readonly instanceId: string;
  readonly owner: string;
  readonly now: number;
  /** null when nothing is left to do for it. */
  readonly dueAt: number | null;
}

export interface SubscriptionStore {
  /** An instance that is gone, and has webhooks registered at its vendor; null when it is not so. */
  getLeavingInstance(id: string): Promise<Instance | null>;
  /** By way, topic and URL. */
  listSubscriptions(instanceId: string): Promise<readonly Subscription[]>;
  /** Stores one, in place of the one before. False when the lease is lost, or it is a new one of an instance that is gone. */
  saveSubscription(subscription: Subscription, owner: string): Promise<boolean>;
  /** With the last one of an instance that is gone go its secrets. False when the lease is lost. */
  removeSubscription(key: SubscriptionKey, owner: string): Promise<boolean>;
  /**
   * Leases instances and apps whose webhooks are to be looked at; answers their ids. Each instance is to be when it is made,
   * changed or deleted, and what failed before is then tried again.
   */
  leaseSubscribers(request: SubscriberLease): Promise<readonly string[]>;
  renewSubscriber(instanceId: string, request: Omit<SubscriberLease, 'limit'>): Promise<boolean>;
  /** One is to be looked at; what failed keeps its time. Of no effect when it is not there, or gone. */
  wakeSubscriber(instanceId: string, now: number): Promise<void>;
  /** Gives the lease back; ignored when it was lost. One that was changed meanwhile is due at once. */
  finishSubscriber(finish: SubscriberFinish): Promise<void>;
  /** All instances of these connectors are to be looked at. */
  wakeSubscribers(connectors: readonly string[], now: number): Promise<void>;
}
