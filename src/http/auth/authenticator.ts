/** How requests prove who they are: one shape for all kinds of authentication. */
import type { VendorRequest } from '../client.ts';
import type { ErrorReader } from '../errors.ts';
import type { Headers } from '../headers.ts';
import type { Wire } from '../wire.ts';
import type { TokenHosts } from './token-hosts.ts';
import type { Credentials, CredentialVault } from './vault.ts';

export interface Authorization {
  readonly headers: Headers;
  /** Parameters of the query, after those of the request; absent for none. */
  readonly query?: VendorRequest['query'];
  /** What templates may name as {auth.name}: the access token, and what the token answer gave beside it. */
  readonly captured: Readonly<Record<string, string>>;
  /** Another process was given it: when it is refused, there may be no newer one yet. */
  readonly isShared: boolean;
}

export interface Authenticator {
  /**
   * What the next request carries.
   * @throws Failure `credentials-refused` when the vendor gives none for these credentials.
   */
  authenticate(): Promise<Authorization>;
  /** Told that the vendor refused an authorization as expired; true when the next one will be another. */
  refused(used: Authorization): boolean;
  /** Told that the stored credentials were changed: the next authorization is looked for among them. */
  recheck(): void;
  /** Values that no message may show. */
  secrets(): readonly string[];
  /** Waits for a renewal under way: given up half way, it could lose a credential that the vendor has replaced. */
  settle(): Promise<void>;
}

/** What authenticators are given. */
export interface AuthContext {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Credentials;
  readonly vault: CredentialVault;
  /** Where these credentials may be sent to, when some of them are not the instance's own. */
  readonly tokenHosts?: TokenHosts | undefined;
  /** What the vendor's errors mean. */
  readonly errors: ErrorReader;
  readonly wire: Wire;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly userAgent: string;
}
