/** The part of the store's port for changes that vendors tell by webhook. */

/** A change that a vendor told by webhook: verified, and not yet looked into. */
export interface NewInboxChange {
  readonly instanceId: string;
  readonly object: string;
  readonly recordId: string;
  readonly change: 'created' | 'updated' | 'deleted';
  /** null when the vendor does not say. */
  readonly occurredAt: number | null;
  /** The native record; null when the vendor only names it. */
  readonly record: object | null;
  /** What stays the same when the vendor sends it again; null for nothing. */
  readonly dedupe: string | null;
  readonly receivedAt: number;
}

export interface InboxChange extends NewInboxChange {
  /** Changes were received in the order of their numbers. */
  readonly number: number;
  readonly attempts: number;
}

export interface InboxLease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
  /** Of how many objects of instances, at most. */
  readonly limit: number;
  /** How many changes of each. */
  readonly each: number;
}

export interface InboxFinish {
  readonly owner: string;
  readonly now: number;
  /** Numbers of changes that are done with. */
  readonly done: readonly number[];
  /** Those that are to be tried again; `failed` counts as an attempt. */
  readonly again: readonly { readonly number: number; readonly dueAt: number; readonly failed: boolean }[];
  /** Changes that were done before this are no longer needed to know repeats by. */
  readonly forgetBefore: number;
}

export interface InboxStore {
  /** Stores changes, all or none; those of a known dedupe value are known already. Answers how many were new. */
  addToInbox(changes: readonly NewInboxChange[]): Promise<number>;
  /** Leases changes that are due, in the order in which they came. */
  leaseInbox(request: InboxLease): Promise<readonly InboxChange[]>;
  /** Ends leases; of changes that another has leased meanwhile it says nothing. */
  finishInbox(ended: InboxFinish): Promise<void>;
}
