/** One feed of one object of one instance, ready to be polled, and the ports a poll needs. */
import type { Connector, ConnectorObject, Detection } from '../connector/connector.ts';
import type { AnyhookEvent, EventInstance, UnsequencedEvent } from '../event/event.ts';
import type { VendorClient } from '../http/client.ts';
import type { Feed, LedgerEntry } from '../store/port.ts';

export interface FeedSource {
  readonly connector: Connector;
  readonly object: ConnectorObject;
  readonly feed: Feed;
  /** The object's detection, narrowed by the instance's own where. */
  readonly detection: Detection;
  readonly instance: EventInstance;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** What a page leaves behind; all of it is stored, or nothing. */
export interface ChangeCommit {
  readonly events: readonly UnsequencedEvent[];
  readonly ledger: readonly LedgerEntry[];
  /** Only with the last of the changes that the cursor covers. */
  readonly cursorMs?: number;
  /** Comes with the cursor: the start, on the vendor's clock. */
  readonly startMs?: number;
  readonly forgetBeforeMs?: number;
}

/** What a feed remembers; the runtime keeps it in the store, the command line in its workspace file. */
export interface ChangeState {
  readonly cursorMs: number | null;
  /** Nothing that changed before this is reported. On our clock until there is a cursor, then on the vendor's. */
  readonly startMs: number;
  ledger(recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Answers the events that were new, with their sequence. */
  commit(commit: ChangeCommit): Promise<readonly AnyhookEvent[]>;
}

export interface PollPorts {
  readonly client: VendorClient;
  readonly state: ChangeState;
  /** Our clock, epoch milliseconds. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}
