/** One feed of one object of one instance, ready to be polled, and the ports a poll needs. */
import type { Connector, ConnectorObject, Detection } from '../connector/connector.ts';
import type { AnyhookEvent, EventInstance } from '../event/event.ts';
import type { VendorAnswer, VendorClient } from '../http/client.ts';
import type { Feed, FeedCursor, LedgerEntry, PollCommit } from '../store/port.ts';
import { floorTo, unitMs } from './window.ts';

export interface FeedSource<D extends Detection = Detection> {
  readonly connector: Connector;
  readonly object: ConnectorObject;
  readonly feed: Feed;
  /** The object's detection, narrowed by the instance's own where. */
  readonly detection: D;
  readonly instance: EventInstance;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** What a change of the instance's own where means: see `ObjectSettings.scope`. */
  readonly track?: boolean;
  /** The ledger holds native records, for changedFields and previous. */
  readonly keepRecords?: boolean;
  /** How many records may be told as deleted at once whatever the breaker says; null leaves it to the breaker. */
  readonly allowDeletes?: number | null;
  /** Since when a webhook tells of this object's changes: what only the poll finds of them was lost on its way. */
  readonly webhookSinceMs?: number | null;
  /** Whose records these are, where the feed fans out. */
  readonly parent?: string;
  /** Other ways to see deletes tell of the same ones, and may know nothing but their ids. */
  readonly isShared?: boolean;
}

/** Whether the ledger must hold every record of the object for as long as it lives. */
export function keepsWhole({ object, track, keepRecords }: FeedSource): boolean {
  return object.whole || track === true || keepRecords === true;
}

/** What a page leaves behind; all of it is stored, or nothing. */
export type ChangeCommit = Pick<
  PollCommit,
  'events' | 'ledger' | 'judgedBy' | 'cursor' | 'startMs' | 'checkpoint' | 'forget' | 'seen'
>;

/** What a feed remembers; the runtime keeps it in the store, the command line in its workspace file. */
export interface ChangeState {
  readonly cursor: FeedCursor | null;
  /** Nothing that changed before this is reported. On our clock until there is a cursor, then on the vendor's. */
  readonly startMs: number;
  /** The start on the vendor's clock, where that is known without a cursor: of a parent that is new to its feed. */
  readonly vendorStartMs?: number;
  ledger(recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  unseen(request: { generation: number; after: string | null; limit: number }): Promise<readonly LedgerEntry[]>;
  countUnseen(generation: number): Promise<{ readonly live: number; readonly unseen: number }>;
  checkpoints(parents: readonly string[]): Promise<ReadonlyMap<string, FeedCursor>>;
  /**
   * Answers the events that were new, with their sequence.
   * @throws Failure `ledger-moved` when the ledger is not what the commit was judged by; nothing is stored then.
   */
  commit(commit: ChangeCommit): Promise<readonly AnyhookEvent[]>;
}

export interface PollPorts {
  readonly client: VendorClient;
  readonly state: ChangeState;
  /** Our clock, epoch milliseconds. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/**
 * The start on the vendor's clock. Taken over to it once, with the first cursor: both clocks may be set anew, and the
 * start must not move with them. A whole step of the record's change time: what changes later in the second of the
 * start reads, at a vendor of whole seconds, as if it had changed before.
 */
export function vendorStart({ object }: Pick<FeedSource, 'object'>, { client, state }: Omit<PollPorts, 'now'>): number {
  const { vendorStartMs, startMs, cursor } = state;
  if (vendorStartMs !== undefined) return vendorStartMs;
  const isOurs = cursor === null && startMs > 0;
  return floorTo(isOurs ? startMs + client.clockSkewMs : startMs, unitMs[object.occurredAt.granularity]);
}

/** What tells the vendor's clock. */
export type ClockPorts = Pick<PollPorts, 'now'> & { readonly client: Pick<VendorClient, 'clockSkewMs'> };

/** The vendor's clock, as far as it is known. */
export function vendorNow({ client, now }: ClockPorts): number {
  return now() + client.clockSkewMs;
}

/**
 * The vendor's clock at an answer, for a bound that must not lie ahead of it: what is known, or the answer's own word where
 * that is earlier. A word that is wrong only delays what lies after it.
 */
export function leastNow({ dateMs }: VendorAnswer, ports: ClockPorts): number {
  return Math.min(dateMs ?? Number.POSITIVE_INFINITY, vendorNow(ports));
}
