/** What a token endpoint's answer holds. */
import type { TokenAuth } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { Credentials } from './vault.ts';

export interface TokenAnswer {
  readonly accessToken: string;
  /** null: the vendor does not tell. */
  readonly lifeMs: number | null;
  readonly captured: Captured;
}

/** What an answer gave beside the access token. */
export type Captured = Readonly<Record<string, string>>;

export interface TokenReader {
  /** Credentials that take the place of those that were sent; read by itself, for the vendor has replaced them whatever else the answer lacks. */
  rotated(body: unknown): Credentials;
  /**
   * What an answer does not repeat keeps the value that it had before.
   * @throws Failure `vendor-answer-unreadable` for what it lacks.
   */
  read(body: unknown, before: Captured): TokenAnswer;
}

export function compileTokenReader({ token, capture = {} }: TokenAuth): TokenReader {
  const accessTokenAt = token.accessToken ?? 'access_token';
  const tokenPath = parsePath(accessTokenAt);
  const lifePath = token.expiresIn === null ? null : parsePath(token.expiresIn ?? 'expires_in');
  const rotates = Object.entries(token.rotates ?? {}).map(([name, path]) => [name, parsePath(path)] as const);
  const captures = Object.entries(capture).map(([name, path]) => ({ name, at: path, path: parsePath(path) }));
  return {
    rotated: (body) =>
      Object.fromEntries(
        rotates.flatMap(([name, path]) => {
          const value = textOf(readPath(body, path));
          return value === null ? [] : [[name, value] as const];
        }),
      ),
    read(body, before) {
      const accessToken = textOf(readPath(body, tokenPath));
      if (accessToken === null) throw incomplete(accessTokenAt);
      const captured = captures.map(({ name, at, path }) => {
        const value = textOf(readPath(body, path)) ?? before[name];
        if (value === undefined) throw incomplete(at);
        return [name, value] as const;
      });
      // Some endpoints send the seconds as text.
      const seconds = lifePath === null ? Number.NaN : Number(textOf(readPath(body, lifePath)) ?? Number.NaN);
      const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
      return { accessToken, lifeMs, captured: Object.fromEntries(captured) };
    },
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function incomplete(path: string): Failure {
  return new Failure('vendor-answer-unreadable', `The token endpoint's answer has no ${path}.`, { retryable: true });
}
