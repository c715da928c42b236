/**
 * Access tokens from a token endpoint (OAuth 2.0, RFC 6749 §4.4 and §6, or what looks like it): kept in memory,
 * renewed before they expire or when the vendor refuses one, by one request for all who wait.
 */
import type { TokenAuth } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath } from '../../template/path.ts';
import { compileTexts, renderTexts, requireHeaders } from '../headers.ts';
import type { AuthContext, Authenticator, Authorization, Credentials } from './authenticator.ts';
import { compileTokenRequest } from './token-request.ts';

interface Grant {
  readonly authorization: Authorization;
  readonly renewAtMs: number;
}

/** How many past secrets are still kept out of messages: a vendor may quote the token it has just refused. */
const PAST_SECRETS = 8;

export function tokenAuthenticator(method: TokenAuth, context: AuthContext): Authenticator {
  const { settings, saveCredentials, now } = context;
  const headers = compileTexts(method.headers);
  const read = compileReading(method);
  const past: string[] = [];
  let { credentials } = context;
  let grant: Grant | null = null;
  let underWay: Promise<Authorization> | null = null;
  let captured: Readonly<Record<string, string>> = {};
  /** Rotated, and not stored yet. */
  let unsaved: Credentials = {};

  const secrets = (): readonly string[] => [...Object.values(credentials), ...past];
  const request = compileTokenRequest(method.token, context, secrets);

  function remember(...values: readonly string[]): void {
    past.push(...values);
    past.splice(0, past.length - PAST_SECRETS);
  }

  /** The vendor has forgotten the old value by now, so the new one is kept here even if saving it fails, and saved with the next renewal. */
  async function rotate(changed: Credentials): Promise<void> {
    remember(...Object.keys(changed).map((name) => credentials[name] ?? ''));
    credentials = { ...credentials, ...changed };
    unsaved = { ...unsaved, ...changed };
    if (Object.keys(unsaved).length === 0) return;
    await saveCredentials(unsaved);
    unsaved = {};
  }

  /** Takes over what another process has renewed; true when that is something new. */
  async function takeStored(): Promise<boolean> {
    // What was rotated here and could not be saved is newer than what is stored.
    if (method.token.rotates === undefined || Object.keys(unsaved).length > 0) return false;
    const stored = await context.loadCredentials?.();
    if (!stored || method.requires.some((name) => !stored[name])) return false;
    if (method.requires.every((name) => stored[name] === credentials[name])) return false;
    remember(...method.requires.map((name) => credentials[name] ?? ''));
    credentials = stored;
    return true;
  }

  /**
   * Processes that share a store renew on their own. Each reads what is stored before it asks, and once more when it is
   * refused: the other may have been faster, and a vendor takes a rotated token once (RFC 6749 §6, RFC 9700 §4.14).
   */
  async function ask(): Promise<unknown> {
    await takeStored();
    try {
      return await request(credentials);
    } catch (error) {
      const isRefused = error instanceof Failure && error.code === 'credentials-refused';
      if (isRefused && (await takeStored())) return request(credentials);
      throw error;
    }
  }

  async function renew(): Promise<Authorization> {
    const askedAtMs = now();
    const body = await ask();
    const answer = read(body, captured);
    remember(answer.accessToken);
    await rotate(changesOf(answer.rotated, credentials));
    captured = { ...answer.captured, accessToken: answer.accessToken };
    const filled = renderTexts(headers, { settings, credentials, auth: captured });
    const authorization = { headers: requireHeaders(filled, 'credentials-refused'), captured };
    grant = { authorization, renewAtMs: renewalMs(askedAtMs, answer.lifeMs) };
    return authorization;
  }

  return {
    async authenticate() {
      if (grant !== null && now() < grant.renewAtMs) return grant.authorization;
      underWay ??= renew().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    refused(used) {
      if (grant?.authorization === used) grant = null;
      return true;
    },
    secrets,
    async settle() {
      // Whoever asked for it was told how it failed.
      await underWay?.catch(() => undefined);
    },
  };
}

/** A minute before the end, or a tenth of a life that is shorter than ten minutes. */
function renewalMs(askedAtMs: number, lifeMs: number | null): number {
  return lifeMs === null ? Number.POSITIVE_INFINITY : askedAtMs + lifeMs - Math.min(60_000, lifeMs / 10);
}

function changesOf(rotated: Credentials, credentials: Credentials): Credentials {
  return Object.fromEntries(Object.entries(rotated).filter(([name, value]) => credentials[name] !== value));
}

interface TokenAnswer {
  readonly accessToken: string;
  /** null: the vendor does not tell. */
  readonly lifeMs: number | null;
  readonly rotated: Credentials;
  readonly captured: Readonly<Record<string, string>>;
}

/** Compiles the paths of a token answer. What an answer does not repeat keeps the value that it had before. */
function compileReading(method: TokenAuth): (body: unknown, before: TokenAnswer['captured']) => TokenAnswer {
  const tokenPath = parsePath(method.token.accessToken ?? 'access_token');
  const lifePath = method.token.expiresIn === null ? null : parsePath(method.token.expiresIn ?? 'expires_in');
  const rotates = Object.entries(method.token.rotates ?? {}).map(([name, path]) => [name, parsePath(path)] as const);
  const captures = Object.entries(method.capture ?? {}).map(([name, path]) => [name, parsePath(path)] as const);
  return (body, before) => {
    const accessToken = textOf(readPath(body, tokenPath));
    if (accessToken === null) throw incomplete(method.token.accessToken ?? 'access_token');
    const captured = captures.map(([name, path]) => {
      const value = textOf(readPath(body, path)) ?? before[name];
      if (value === undefined) throw incomplete(method.capture?.[name] ?? name);
      return [name, value] as const;
    });
    const rotated = rotates.flatMap(([name, path]) => {
      const value = textOf(readPath(body, path));
      return value === null ? [] : [[name, value] as const];
    });
    // Some endpoints send the seconds as text.
    const seconds = lifePath === null ? Number.NaN : Number(textOf(readPath(body, lifePath)) ?? Number.NaN);
    return {
      accessToken,
      lifeMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
      rotated: Object.fromEntries(rotated),
      captured: Object.fromEntries(captured),
    };
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function incomplete(path: string): Failure {
  return new Failure('vendor-answer-unreadable', `The token endpoint's answer has no ${path}.`, { retryable: true });
}
