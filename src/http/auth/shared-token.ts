/** An access token as processes that use one instance share it. */
import { createHash } from 'node:crypto';
import type { TokenAuth } from '../../definition/connector.ts';
import type { AuthContext } from './authenticator.ts';
import type { Captured } from './token-answer.ts';
import type { Credentials } from './vault.ts';

export interface SharedToken {
  readonly accessToken: string;
  readonly captured: Captured;
  /** Epoch milliseconds; null when it is good until it is refused. */
  readonly renewAtMs: number | null;
}

/** Reads and writes tokens that were made in one way, from some credentials. */
export interface TokenSharing {
  write(token: SharedToken, credentials: Credentials): string;
  /** null for one that was made in another way or from other credentials. */
  read(text: string | null, credentials: Credentials): SharedToken | null;
}

export function tokenSharing(method: TokenAuth, settings: AuthContext['settings']): TokenSharing {
  const way = JSON.stringify([method, sorted(settings)]);
  // Only a digest: a token that is read tells nothing of the credentials.
  const originOf = (credentials: Credentials): string =>
    createHash('sha256')
      .update(`${way}\n${JSON.stringify(sorted(credentials))}`)
      .digest('base64url');
  return {
    write: (token, credentials) => JSON.stringify({ ...token, origin: originOf(credentials) }),
    read(text, credentials) {
      if (text === null) return null;
      const { origin, ...token }: SharedToken & { origin: string } = JSON.parse(text);
      return origin === originOf(credentials) ? token : null;
    },
  };
}

const sorted = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
