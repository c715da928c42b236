/** How the next page is asked for: one shape for all kinds of paging. Pure. */
import type { VendorAnswer, VendorRequest } from '../client.ts';

/** What a pager looks at. */
export interface PageTurn {
  readonly answer: VendorAnswer;
  readonly records: readonly unknown[];
  /** The request that was answered. */
  readonly request: VendorRequest;
  /** Which page was answered, from 0. */
  readonly index: number;
}

export interface Pager {
  /**
   * The request for the page after; null when this was the last.
   * @throws Failure when the answer breaks its own paging.
   */
  next(turn: PageTurn): VendorRequest | null;
}
