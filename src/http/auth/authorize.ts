/** The authorization code grant as a browser sees it (RFC 6749 §4.1), with PKCE (RFC 7636), from a connector's data. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Authorize, HttpDefinition } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTemplate } from '../../template/compile.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { AddressRules } from '../address-rules.ts';
import { compileErrors } from '../errors.ts';
import { compileTexts, renderTexts } from '../headers.ts';
import { createWire } from '../wire.ts';
import type { TokenHosts } from './token-hosts.ts';
import { compileTokenRequest } from './token-request.ts';
import type { Credentials } from './vault.ts';
import { soleVault } from './vault.ts';

/** Whose access is asked for. */
export interface Account {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Credentials;
}

export interface Asking {
  readonly redirectUri: string;
  readonly state: string;
  /** 43 to 128 unreserved characters (RFC 7636 §4.1). */
  readonly codeVerifier: string;
}

export interface ExchangeContext {
  readonly addressRules: AddressRules;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly userAgent: string;
  /** Of the connector: what its errors mean. */
  readonly http: HttpDefinition;
  readonly tokenHosts?: TokenHosts | undefined;
}

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * The page that asks the person. It holds no secret: only the challenge of the verifier.
 * @throws Failure `request-refused` when the settings make no http URL.
 */
export function authorizeUrl(definition: Authorize, account: Account, asking: Asking): string {
  const text = compileTemplate(definition.url).template.renderText({ settings: account.settings });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('request-refused', 'The URL of the authorize page cannot be read.', {
      retryable: false,
      help: 'Check the settings that name the host.',
    });
  }
  const params: Readonly<Record<string, string>> = {
    ...renderTexts(compileTexts(definition.params), { ...account }),
    response_type: 'code',
    redirect_uri: asking.redirectUri,
    state: asking.state,
    ...(definition.scopes && { scope: definition.scopes.join(definition.scopeSeparator ?? ' ') }),
    ...(definition.pkce === true && {
      code_challenge: challengeOf(asking.codeVerifier),
      code_challenge_method: 'S256',
    }),
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url.href;
}

/** RFC 7636 §4.2. */
function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

/** Whether the callback's query is signed as the connector says; true when it says nothing. */
export function isCallbackSigned(
  { signature }: Authorize,
  query: Readonly<Record<string, string>>,
  account: Account,
): boolean {
  if (signature === undefined) return true;
  const key = compileTemplate(signature.key).template.renderText({ ...account });
  const signed = Object.keys(query)
    .filter((name) => name !== signature.parameter)
    .sort()
    .map((name) => `${name}=${query[name]}`)
    .join('&');
  const expected = createHmac('sha256', key).update(signed, 'utf8').digest();
  const shown = Buffer.from(query[signature.parameter] ?? '', 'hex');
  return key !== '' && shown.length === expected.length && timingSafeEqual(shown, expected);
}

/** What a code was worth. */
export interface Exchanged {
  readonly credentials: Credentials;
  /** Those that the answer tells, as text. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Turns a code into credentials: those that the exchange's `rotates` names.
 * @throws Failure as the token request does, and `vendor-answer-unreadable` when the answer lacks one of them.
 */
export async function exchangeCode(
  { exchange, tells = {} }: Authorize,
  account: Account,
  given: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
  context: ExchangeContext,
): Promise<Exchanged> {
  const wire = createWire({ rules: context.addressRules, maxBodyBytes: MAX_ANSWER_BYTES, now: context.now });
  try {
    const request = compileTokenRequest(
      exchange,
      {
        ...account,
        vault: soleVault(account.credentials),
        wire,
        errors: compileErrors(context.http),
        tokenHosts: context.tokenHosts,
        now: context.now,
        timeoutMs: TIMEOUT_MS,
        userAgent: context.userAgent,
      },
      () => [...Object.values(account.credentials), given.code, given.codeVerifier],
    );
    const body = await request(account.credentials, given);
    const filled = Object.entries(exchange.rotates ?? {}).map(([name, path]): [string, string] => {
      const value = readPath(body, parsePath(path));
      if (typeof value === 'string' && value !== '') return [name, value];
      throw new Failure('vendor-answer-unreadable', `The token endpoint's answer has no ${path}.`, {
        retryable: false,
        help: 'Check that the app may ask for offline access, and connect again.',
      });
    });
    const told = Object.entries(tells).flatMap(([name, path]): [string, string][] => {
      const value = readPath(body, parsePath(path));
      return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
    });
    return { credentials: Object.fromEntries(filled), settings: Object.fromEntries(told) };
  } finally {
    wire.close();
  }
}
