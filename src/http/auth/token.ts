/**
 * Access tokens from a token endpoint (OAuth 2.0, RFC 6749 §4.4 and §6, or what looks like it): renewed before they
 * expire or when the vendor refuses one, by one request for all who wait, in this process and in the others that share
 * its vault. A vendor takes a rotated credential once (RFC 9700 §4.14), so that its successor is stored before anything
 * else is done with the answer.
 */
import type { TokenAuth } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTexts, renderTexts, requireHeaders } from '../headers.ts';
import type { AuthContext, Authenticator, Authorization } from './authenticator.ts';
import { type SharedToken, tokenSharing } from './shared-token.ts';
import { type Captured, compileTokenReader, type TokenAnswer } from './token-answer.ts';
import { compileTokenRequest } from './token-request.ts';
import type { Credentials, HeldCredentials } from './vault.ts';

interface Grant {
  readonly authorization: Authorization;
  readonly renewAtMs: number;
}

/** Credentials that the vendor has replaced, and that are not stored yet. */
interface Unsaved {
  readonly replaces: Credentials;
  readonly changed: Credentials;
}

const allSaved: Unsaved = { replaces: {}, changed: {} };

/** How many past secrets are still kept out of messages: a vendor may quote the token it has just refused. */
const pastSecrets = 8;

export function tokenAuthenticator(method: TokenAuth, context: AuthContext): Authenticator {
  const { settings, vault, now } = context;
  const headers = compileTexts(method.headers);
  const reader = compileTokenReader(method);
  const sharing = tokenSharing(method, settings);
  const past: string[] = [];
  const closing = new AbortController();
  let { credentials } = context;
  let grant: Grant | null = null;
  let underWay: Promise<Authorization> | null = null;
  let captured: Captured = {};
  let unsaved = allSaved;
  /** The token that the vendor refused last, which is not to be taken from the vault again. */
  let refusedToken: string | null = null;

  const secrets = (): readonly string[] => [...Object.values(credentials), ...past];
  const request = compileTokenRequest(method.token, context, secrets);

  function become(changed: Credentials): void {
    past.push(...Object.entries(credentials).flatMap(([name, value]) => (changed[name] === value ? [] : [value])));
    past.splice(0, past.length - pastSecrets);
    credentials = changed;
  }

  /** Goes on with what is stored, and over it what could not be stored yet, unless a person has replaced that. */
  function takeStored(stored: Credentials): void {
    if (!method.requires.every((name) => stored[name])) throw replacedMeanwhile();
    if (!Object.entries(unsaved.replaces).every(([name, value]) => stored[name] === value)) unsaved = allSaved;
    become({ ...stored, ...unsaved.changed });
  }

  /** Once more when others were given while the request was under way. */
  async function ask(held: HeldCredentials): Promise<unknown> {
    try {
      return await request(credentials);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'credentials-refused') throw error;
      const sent = credentials;
      takeStored(await held.reread());
      if (method.requires.some((name) => credentials[name] !== sent[name])) return request(credentials);
      throw held.isTakenOver && method.token.rotates !== undefined ? cutOff(error) : error;
    }
  }

  async function save(held: HeldCredentials, token: string | null): Promise<void> {
    const isSaved = await held.save({ ...unsaved, token });
    unsaved = allSaved;
    if (!isSaved) throw replacedMeanwhile();
  }

  /** Takes what the vendor has replaced out of its answer: from here on the old values are worth nothing. */
  function rotate(body: unknown): void {
    const rotated = Object.entries(reader.rotated(body)).filter(([name, value]) => credentials[name] !== value);
    if (rotated.length === 0) return;
    const replaced = rotated.map(([name]) => [name, unsaved.replaces[name] ?? credentials[name] ?? ''] as const);
    const changed = Object.fromEntries(rotated);
    unsaved = {
      replaces: { ...unsaved.replaces, ...Object.fromEntries(replaced) },
      changed: { ...unsaved.changed, ...changed },
    };
    become({ ...credentials, ...changed });
  }

  function use({ accessToken, captured: given, renewAtMs }: SharedToken, isShared: boolean): Authorization {
    past.push(accessToken);
    captured = { ...given, accessToken };
    const filled = renderTexts(headers, { settings, credentials, auth: captured });
    const authorization = { headers: requireHeaders(filled, 'credentials-refused'), captured, isShared };
    grant = { authorization, renewAtMs: renewAtMs ?? Number.POSITIVE_INFINITY };
    return authorization;
  }

  async function renewHeld(held: HeldCredentials): Promise<Authorization> {
    takeStored(held.credentials);
    const shared = sharing.read(held.token, credentials);
    const isGood = shared !== null && shared.accessToken !== refusedToken && now() < (shared.renewAtMs ?? Infinity);
    if (isGood) return use(shared, true);
    const askedAtMs = now();
    const body = await ask(held);
    rotate(body);
    let token: SharedToken | null = null;
    try {
      token = tokenOf(reader.read(body, captured), askedAtMs);
    } finally {
      // Also when the rest of the answer is of no use.
      await save(held, token && sharing.write(token, credentials));
    }
    return use(token, false);
  }

  return {
    async authenticate() {
      if (grant !== null && now() < grant.renewAtMs) return grant.authorization;
      underWay ??= vault.hold(closing.signal, renewHeld).finally(() => {
        underWay = null;
      });
      return underWay;
    },
    refused(used) {
      if (grant?.authorization === used) {
        grant = null;
        refusedToken = used.captured['accessToken'] ?? null;
      }
      return true;
    },
    recheck() {
      grant = null;
    },
    secrets,
    async settle() {
      closing.abort(new Failure('vendor-unreachable', 'The line to the vendor was closed.', { retryable: true }));
      // Whoever asked for it was told how it failed.
      await underWay?.catch(() => undefined);
    },
  };
}

/** Renewed a minute before its end, or a tenth of a life that is shorter than ten minutes. */
function tokenOf({ accessToken, captured, lifeMs }: TokenAnswer, askedAtMs: number): SharedToken {
  const renewAtMs = lifeMs === null ? null : askedAtMs + lifeMs - Math.min(60_000, lifeMs / 10);
  return { accessToken, captured, renewAtMs };
}

function replacedMeanwhile(): Failure {
  return new Failure('credentials-expired', 'The credentials were changed while the old ones were in use.', {
    retryable: true,
    help: 'The next poll takes the new ones.',
  });
}

/** The vendor may have answered the process that died; nobody else knows what. */
function cutOff({ message, detail }: Failure): Failure {
  return new Failure('credentials-refused', message, {
    retryable: false,
    help: 'A process ended while it was renewing the credentials, and what the vendor gave it is lost: connect the account again.',
    detail,
  });
}
