/** What the rest of the code knows of HTTP: a request to a vendor in, an answer or a `Failure` out. */

export interface VendorRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, or a whole URL on the same origin. */
  readonly path: string;
  /** Appended in order, percent-encoded here. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON body; undefined for none. */
  readonly body?: unknown;
  /**
   * It does something at the vendor: when nobody knows whether it was done, it is not sent again here. Its answer may be
   * empty or no JSON; `body` is null then.
   */
  readonly isEffect?: boolean;
  /** What no message may show besides the credentials: a key that is handed to the vendor. */
  readonly secrets?: readonly string[];
}

export interface VendorAnswer {
  /** The URL that answered, absolute: what the links in the answer are relative to. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON. Numbers that a double cannot hold are kept as text. null when the answer is 204, without content. */
  readonly body: unknown;
  /** What its Date header says (RFC 9110 §6.6.1), epoch milliseconds; null without. It is one node's word: see `BelievedClock`. */
  readonly dateMs: number | null;
  /** The vendor leaves a list out of an answer when it is empty. */
  readonly leavesOutEmptyLists?: boolean;
}

/**
 * One instance's line to its vendor: authenticated, retried, throttled, address-checked.
 * `send` throws `Failure` only.
 */
export interface VendorClient {
  send(request: VendorRequest, signal?: AbortSignal): Promise<VendorAnswer>;
  /** Vendor's clock less ours in milliseconds, as far as its answers are believed; 0 before the first. */
  readonly clockSkewMs: number;
  /** Whether enough answers agreed on it: see `BelievedClock`. */
  readonly isClockKnown: boolean;
  /** The last answers told another time than what is believed. */
  readonly isClockDoubted: boolean;
  /** Ends what is under way with a `Failure` and gives the connections back. */
  close(): Promise<void>;
}

/** The same line, but for how its requests are sent. */
export function sendingBy(client: VendorClient, send: VendorClient['send']): VendorClient {
  return {
    send,
    get clockSkewMs() {
      return client.clockSkewMs;
    },
    get isClockKnown() {
      return client.isClockKnown;
    },
    get isClockDoubted() {
      return client.isClockDoubted;
    },
    close: () => client.close(),
  };
}

/** One page of records on its way. */
export interface Page {
  readonly answer: VendorAnswer;
  readonly records: readonly unknown[];
  /** Counts from 0. */
  readonly index: number;
  readonly last: boolean;
  /** The request of the page after; null on the last. */
  readonly next: VendorRequest | null;
}
