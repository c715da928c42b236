/**
 * What survives a restart. One port, several engines; every method is one atomic step, so that an engine needs no
 * transaction in its callers' hands. Times are epoch milliseconds. Secrets go in and come out in clear: an engine
 * seals them before they touch the disk (seal.ts).
 */
import type {
  AnyhookEvent,
  NoticeEvent,
  StreamEvent,
  TroubleKind,
  UnsequencedEvent,
  UnsequencedNotice,
} from '../event/event.ts';
import type { AccountBoard } from './account-board.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import type { AppStore } from './app-store.ts';
import type { CredentialLeases } from './credential-leases.ts';
import type { DescriptionStore } from './description-store.ts';
import type { InboxStore } from './inbox-store.ts';
import type { Instance, InstanceFilter, InstanceUpdate } from './instance.ts';
import type { SubscriptionStore } from './subscription-store.ts';

export type * from './api-key-store.ts';
export type * from './app-store.ts';
export type * from './description-store.ts';
export type * from './inbox-store.ts';
export type * from './instance.ts';
export type * from './subscription-store.ts';

// ---------------------------------------------------------------------------------------------- polling

/** Changes and deletes of an object are polled on their own, each with its own cursor and schedule. */
export type Feed = 'changes' | 'deletes';

export interface PollKey {
  readonly instanceId: string;
  readonly object: string;
  readonly feed: Feed;
}

/** JSON as the store keeps it for others. */
export type StoredJson =
  | string
  | number
  | boolean
  | null
  | readonly StoredJson[]
  | { readonly [name: string]: StoredJson };

/** Where a feed stands: read by its strategy only, but for `ms`, a time up to which all changes are stored. */
export interface FeedCursor {
  readonly ms?: number;
  readonly [name: string]: StoredJson | undefined;
}

export interface Pace {
  /** The interval, in seconds. */
  readonly seconds: number;
  /** How many polls in a row found nothing at this interval. */
  readonly quiet: number;
}

/** A failure as it is kept. `help`: what a person can do about it. */
export interface PollFailure {
  readonly code: string;
  readonly message: string;
  readonly help: string | null;
}

export interface PollState extends PollKey {
  /** null before the first poll. */
  readonly cursor: FeedCursor | null;
  /** Nothing that changed before this is ever reported. On our clock until there is a cursor, then on the vendor's. */
  readonly startMs: number;
  readonly dueAt: number;
  readonly failures: number;
  readonly lastPolledAt: number | null;
  /** When a poll last ended well; before the first, since when one is waited for. */
  readonly wellAt: number;
  /** How fast it goes round; null before a poll has set it. */
  readonly pace: Pace | null;
  /** The last failure; null after a poll that went well. */
  readonly lastFailure: (PollFailure & { readonly at: number }) | null;
  /** Since when the vendor tells of changes by webhook too; null when it never has. */
  readonly webhookSince: number | null;
  /** Events of changes that a webhook should have told and the poll found. */
  readonly webhooksLost: number;
}

export interface LedgerEntry {
  readonly recordId: string;
  readonly version: string;
  /** The vendor's change time. */
  readonly changedAt: number;
  readonly deleted: boolean;
  /** The native record; only where the object keeps its records. */
  readonly native?: unknown;
  /** The last enumeration that met the record; only in what `unseen` answers. */
  readonly seenIn?: number | null;
}

/** Which state of a record was told last. */
export type Judged = Pick<LedgerEntry, 'version' | 'deleted'>;

/**
 * What one page of a poll leaves behind; all of it or nothing. A delivery is made for each new event in the same
 * transaction when the instance has a callback.
 */
export interface PollCommit {
  readonly key: PollKey;
  /** Who holds the lease of the poll; another holder's commit is refused. */
  readonly owner: string;
  readonly events: readonly UnsequencedEvent[];
  readonly ledger: readonly LedgerEntry[];
  /** What the ledger said of records, null where it did not know them, when it was decided what is new of them. */
  readonly judgedBy?: ReadonlyMap<string, Judged | null>;
  /** The cursor moves in the transaction that stores the last of the changes it covers. */
  readonly cursor?: FeedCursor;
  /** Comes with the cursor, and takes the place of the poll's start. */
  readonly startMs?: number;
  /** Where one parent of a feed that fans out stands; moves as the cursor does. */
  readonly checkpoint?: { readonly parent: string; readonly cursor: FeedCursor };
  /** Ledger entries that changed before this are no longer needed by any window. */
  readonly forget?: { readonly beforeMs: number; readonly of: 'live' | 'deleted' | 'all' };
  /** These records were met in an enumeration, the ledger's entries of them included. */
  readonly seen?: { readonly generation: number; readonly recordIds: readonly string[] };
  readonly now: number;
}

/** Something that keeps a feed, or all of an instance, from being polled: told once when it begins and once when it ends. */
export interface Trouble {
  readonly kind: TroubleKind;
  /** `feed`: of the poll's own feed; `instance`: of all of the instance. */
  readonly of: 'feed' | 'instance';
  /**
   * Of a feed's: what it has in common with others of this kind in the instance. They are told as one, when the first
   * begins and when the last ends.
   */
  readonly cause: string;
  /** Told when the trouble is new, or when the credentials were changed since it was. */
  readonly notice: UnsequencedNotice;
}

export interface PollFinish {
  readonly key: PollKey;
  readonly owner: string;
  readonly dueAt: number;
  readonly now: number;
  /** null when it went well, which ends all troubles of the feed and of its instance. */
  readonly failure: PollFailure | null;
  /** It did not come about, through no fault of its own: `failure` says why, and is neither counted nor kept. */
  readonly postponed?: boolean;
  /** Stays as it is when absent. */
  readonly pace?: Pace;
  readonly troubles?: readonly Trouble[];
  /** The other feeds of the instance that nobody polls just now are not due before this. */
  readonly othersNotBefore?: number;
}

/** Gives a lease back that was no poll: what is known of the polls stays as it is. */
export interface PollRelease {
  readonly key: PollKey;
  readonly owner: string;
  /** The poll is due then, when it was due later. */
  readonly dueAt?: number;
  /** When a webhook told of the object, if one did. */
  readonly toldAt?: number;
}

// ---------------------------------------------------------------------------------------------- delivery

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

export interface Delivery {
  readonly id: string;
  readonly instanceId: string;
  readonly event: StreamEvent;
  /** Deliveries of one lane go out one after the other, in sequence. */
  readonly lane: string;
  readonly attempts: number;
  readonly status: DeliveryStatus;
  readonly dueAt: number;
  readonly createdAt: number;
}

export interface Attempt {
  readonly deliveryId: string;
  readonly eventId: string;
  /** Counts from 1. */
  readonly number: number;
  readonly at: number;
  readonly durationMs: number;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface DeliveryOutcome {
  readonly deliveryId: string;
  readonly owner: string;
  readonly attempt: Attempt;
  readonly status: DeliveryStatus;
  /** When to try again; for `pending` only. */
  readonly dueAt: number | null;
  /** The callback said 410 Gone: hold everything for it. */
  readonly disableCallback: boolean;
}

export interface Store
  extends AccountBoard,
    ApiKeyStore,
    AppStore,
    CredentialLeases,
    DescriptionStore,
    InboxStore,
    SubscriptionStore {
  // instances
  createInstance(instance: Instance, polls: readonly PollState[]): Promise<void>;
  getInstance(id: string): Promise<Instance | null>;
  listInstances(filter: InstanceFilter): Promise<readonly Instance[]>;
  /**
   * Replaces the instance; `polls` become its whole set of polls, keeping the state of those that stay. When credentials
   * are changed and were in trouble, its polls are due at once, and a new refusal is told again. False when it is gone.
   * @throws Failure `instance-moved` when it is not the one that the update is based on; nothing is stored then.
   */
  updateInstance(update: InstanceUpdate, polls: readonly PollState[]): Promise<boolean>;
  /** New values of some credentials; the others stay. */
  saveCredentials(id: string, credentials: Readonly<Record<string, string>>, now: number): Promise<void>;
  /**
   * The instance is gone at once, with its polls and secrets; its events, deliveries and ledger are no longer shown and
   * wait for `sweep`. Where webhooks are registered for it at its vendor, what it takes to remove them stays until they
   * are: see `getLeavingInstance`. False when it was gone already.
   */
  deleteInstance(id: string): Promise<boolean>;

  // polling
  getPoll(key: PollKey): Promise<PollState | null>;
  listPolls(instanceId: string): Promise<readonly PollState[]>;
  /** Leases polls that are due and free, oldest first. One lease a key at a time. */
  leasePolls(request: { owner: string; now: number; leaseMs: number; limit: number }): Promise<readonly PollState[]>;
  /** Leases one poll now, due or not; null when another holds it or it does not exist. */
  leasePoll(key: PollKey, request: { owner: string; now: number; leaseMs: number }): Promise<PollState | null>;
  renewPoll(key: PollKey, request: { owner: string; now: number; leaseMs: number }): Promise<boolean>;
  /** What failed last and is not under way is due now: its cause was mended. */
  retryPolls(instanceId: string, now: number): Promise<void>;
  /**
   * Gives the lease back and says when the poll is due next; with it the notices of troubles that began or ended are
   * stored, as events are. Ignored when the lease was lost. Answers those notices.
   */
  finishPoll(finish: PollFinish): Promise<readonly NoticeEvent[]>;
  releasePoll(release: PollRelease): Promise<void>;
  /** Entries of these records. Both feeds of an object share one ledger. */
  ledger(key: PollKey, recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Entries, not deleted, that an enumeration has not met; in the order of their record ids, after one of them. */
  unseen(
    key: PollKey,
    request: { generation: number; after: string | null; limit: number },
  ): Promise<readonly LedgerEntry[]>;
  /** How many entries are not deleted, and how many of them an enumeration has not met. */
  countUnseen(key: PollKey, generation: number): Promise<{ readonly live: number; readonly unseen: number }>;
  /** Where these parents of a feed that fans out stand. */
  checkpoints(key: PollKey, parents: readonly string[]): Promise<ReadonlyMap<string, FeedCursor>>;
  /**
   * Stores what a page found. Events already stored (same id) are not stored again. Answers the events that were new.
   * @throws Failure `lease-lost` when the owner no longer holds the poll; `ledger-moved` when the ledger says something
   * else by now than what the commit was judged by. Nothing is stored then.
   */
  commitPoll(commit: PollCommit): Promise<readonly AnyhookEvent[]>;

  // events
  listEvents(filter: { instanceId: string; after: number; limit: number }): Promise<readonly StreamEvent[]>;
  getEvent(id: string): Promise<StreamEvent | null>;
  /** The sequence of the oldest event that is kept; one more than the last that ever was when none is. null when the instance is gone. */
  oldestSequence(instanceId: string): Promise<number | null>;
  /**
   * Removes events stored before a time, with their deliveries and attempts, from the oldest of each instance on and up
   * to the first that is younger or has a delivery pending. One step of many: it looks at some instances, in the order of
   * their ids from after `after`, and removes at most `limit` events.
   * @returns `after` for the next step; null when all instances were looked at.
   */
  purgeEvents(request: { before: number; after: string | null; limit: number }): Promise<{
    readonly purged: number;
    readonly after: string | null;
  }>;
  /** Removes at most so many rows of what instances that are gone left behind. True when there is more. */
  sweep(limit: number): Promise<boolean>;

  // delivery
  /**
   * Leases the head of each lane that is due, fresh ones before retries; at most one delivery a lane. Passed over are
   * instances without a callback, those whose callback is disabled, and those of `except`.
   */
  leaseDeliveries(request: {
    owner: string;
    now: number;
    leaseMs: number;
    limit: number;
    /** Ids of instances that take nothing just now: busy, or their breaker is open. */
    except?: readonly string[];
  }): Promise<readonly Delivery[]>;
  /** Records the attempt and its outcome; ignored when the lease was lost. */
  finishDelivery(outcome: DeliveryOutcome): Promise<boolean>;
  /** Gives the owner's leases back unused: those of these deliveries, or all, as on a clean stop. No attempt is counted. */
  releaseDeliveries(owner: string, deliveryIds?: readonly string[]): Promise<void>;
  listAttempts(eventId: string): Promise<readonly Attempt[]>;
  /** When the next of them is due (leased ones: when their lease ends); null when nothing waits. */
  nextDueAt(work: 'polls' | 'deliveries' | 'inbox' | 'subscriptions'): Promise<number | null>;

  /**
   * Writes a little, as anything that is stored is written.
   * @throws Failure `store-unavailable`, `store-corrupt`, when that does not go well.
   */
  probe(): Promise<void>;
  close(): Promise<void>;
}
