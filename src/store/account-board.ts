/** What the nodes that share a store tell one another of vendor accounts; a part of the store's port. */

/** No node sends a request of this vendor account before then. */
export interface AccountPause {
  /** What tells it from all others. It may hold credentials, so an engine keeps a digest of it only. */
  readonly account: string;
  readonly until: number;
  readonly now: number;
}

export interface AccountBoard {
  /** Tells the other nodes. A pause never shortens one that is there. */
  pauseAccount(pause: AccountPause): Promise<void>;
  /** Until when the account is paused, or was last; null when nobody said. */
  accountPause(account: string): Promise<number | null>;
  /** Counts the node among those that send requests, and answers how many there are, seen at `since` or later. */
  checkIn(node: { owner: string; now: number; since: number }): Promise<number>;
}
