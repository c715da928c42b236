/** The client of one instance: builds the request, sends it, judges the answer, tries again. */
import { setMaxListeners } from 'node:events';
import type { AuthMethod, HttpDefinition } from '../definition/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import { compileTemplate } from '../template/compile.ts';
import type { AddressRules } from './address-rules.ts';
import { readBody, unreadable } from './answer.ts';
import { dateOf } from './answer-date.ts';
import type { Authorization } from './auth/authenticator.ts';
import { createAuthenticator } from './auth/create-authenticator.ts';
import type { TokenHosts } from './auth/token-hosts.ts';
import type { Credentials } from './auth/vault.ts';
import { type CredentialVault, soleVault } from './auth/vault.ts';
import { createBelievedClock } from './believed-clock.ts';
import type { VendorAnswer, VendorClient, VendorRequest } from './client.ts';
import type { Clock } from './clock.ts';
import { compileErrors } from './errors.ts';
import type { Resolve } from './guarded-lookup.ts';
import { compileTexts, type Headers, mergeHeaders, renderTexts, requireHeaders } from './headers.ts';
import type { Quotas } from './quota.ts';
import { compileQuotaCost } from './quota-cost.ts';
import { compileQuotaHeaders } from './quota-headers.ts';
import { redact } from './redact.ts';
import { requestUrl } from './request-url.ts';
import { defaultRetryLimits, type RetryLimits, retryDelayMs } from './retry.ts';
import { linkSignals, unlessAborted } from './signals.ts';
import { createWire } from './wire.ts';
import { aborted } from './wire-failure.ts';

export interface VendorClientOptions {
  /** The way to authenticate, already chosen (`chooseAuth`). */
  readonly auth: AuthMethod;
  readonly http: HttpDefinition;
  /** With the definition's defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Credentials;
  /** Where other processes renew the credentials too. */
  readonly vault?: CredentialVault | undefined;
  /** Without a vault, stores what the vendor replaced before the new token is used; without either, it ends with the client. */
  readonly saveCredentials?: (changed: Credentials) => Promise<void>;
  /** Where the credentials may be sent to, when some of them are not the instance's own. */
  readonly tokenHosts?: TokenHosts | undefined;
  readonly addressRules: AddressRules;
  /** Shared by all clients of the process. */
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly retry?: RetryLimits;
  /** The most bytes of one answer, decompressed. */
  readonly maxBodyBytes?: number;
  /** How names are resolved, when not by the system. */
  readonly resolve?: Resolve;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const CONCURRENCY = 4;
const REDIRECTS = 5;
const QUOTA_SHARE = 0.8;

/** A client that is kept while the credentials of its instance are renewed. */
export interface InstanceClient extends VendorClient {
  /** Told that credentials were replaced in the vault: the next request looks for its token there. */
  recheck(): void;
}

/** Opens an instance's line to its vendor. */
export function createVendorClient(options: VendorClientOptions): InstanceClient {
  const { http, settings, clock } = options;
  const limits = options.retry ?? defaultRetryLimits;
  const timeoutMs = http.timeoutMs ?? TIMEOUT_MS;
  const closing = new AbortController();
  // Every request under way listens to it, and leaves it when it ends.
  setMaxListeners(0, closing.signal);
  const wire = createWire({
    rules: options.addressRules,
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    now: clock.now,
    resolve: options.resolve,
  });
  const errors = compileErrors(http);
  const authenticator = createAuthenticator(options.auth, {
    settings,
    credentials: options.credentials,
    vault: options.vault ?? soleVault(options.credentials, options.saveCredentials),
    errors,
    tokenHosts: options.tokenHosts,
    wire,
    now: clock.now,
    timeoutMs,
    userAgent: options.userAgent,
  });
  const baseUrl = compileTemplate(http.baseUrl).template;
  const headers = compileTexts(http.headers);
  const account = compileTemplate(http.account ?? '{settings} {credentials}').template;
  const quotaLimits = { concurrency: http.concurrency ?? CONCURRENCY, requestsPerSecond: http.requestsPerSecond };
  const readAllowances = compileQuotaHeaders(http.quotaHeaders);
  const readCost = compileQuotaCost(http.quotaCost);
  const share = http.quotaShare ?? QUOTA_SHARE;
  // Instances of one account take turns.
  const member = {};
  const vendorClock = createBelievedClock(clock);

  function headersOf(request: VendorRequest, authorization: Authorization): Headers {
    const values = { settings, auth: authorization.captured };
    const layers: Headers[] = [
      { accept: 'application/json', 'user-agent': options.userAgent },
      request.body === undefined ? {} : { 'content-type': 'application/json' },
      renderTexts(headers, values),
      request.headers,
      authorization.headers,
    ];
    return requireHeaders(mergeHeaders(...layers), 'request-refused');
  }

  /** One sending: a turn of the account's quota, one exchange, its judgement. */
  async function attempt(request: VendorRequest, longestWaitMs: number, signal: AbortSignal): Promise<Attempted> {
    const { captured } = await unlessAborted(authenticator.authenticate(), signal);
    const values = { settings, credentials: options.credentials, auth: captured };
    const url = requestUrl(baseUrl.renderText(values), request);
    const quota = options.quotas.of(`${url.origin} ${account.renderText(values)}`);
    const release = await quota.acquire(quotaLimits, longestWaitMs, signal, member);
    try {
      // A token may end while its request waits for its turn.
      const authorization = await unlessAborted(authenticator.authenticate(), signal);
      const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
      const authorized = withQuery(url, authorization);
      const sent = {
        method: request.method,
        url: authorized,
        headers: headersOf(request, authorization),
        timeoutMs,
        ...body,
      };
      const received = await wire.exchange({ ...sent, redirects: REDIRECTS }, signal);
      const dateMs = dateOf(received);
      vendorClock.hear(dateMs, received.headAtMs);
      quota.learn(readAllowances(received.headers, dateMs ?? received.headAtMs), share);
      const secrets = [...authenticator.secrets(), ...(request.secrets ?? [])];
      const name = `${request.method} ${url.pathname}`;
      const answer = { ...received, body: readBody(received), dateMs };
      quota.learn(readCost(answer.body), share);
      const failure = errors.read(answer, { request: name, secrets, nowMs: received.headAtMs });
      if (failure?.code === 'vendor-throttled') await quota.pause(failure.retryAfterMs ?? limits.firstDelayMs);
      if (failure !== null) return { kind: 'failed', failure, authorization };
      if (answer.body === undefined && request.isEffect !== true) throw unreadable(received, redact(name, secrets));
      const { leavesOutEmptyLists = false } = http;
      return { kind: 'answered', answer: answerOf({ ...answer, body: answer.body ?? null, leavesOutEmptyLists }) };
    } finally {
      release();
    }
  }

  /** An attempt; when the vendor calls the token expired, again with another, until one that is new is refused too. */
  async function attemptRenewed(
    request: VendorRequest,
    longestWaitMs: number,
    signal: AbortSignal,
  ): Promise<VendorAnswer> {
    for (let refusals = 1; ; refusals += 1) {
      const attempted = await attempt(request, longestWaitMs, signal);
      if (attempted.kind === 'answered') return attempted.answer;
      const { failure, authorization } = attempted;
      if (failure.code !== 'credentials-expired') throw failure;
      const isLast = refusals > (authorization.isShared ? 2 : 1);
      if (!authenticator.refused(authorization) || isLast) throw refused(failure);
    }
  }

  async function send(request: VendorRequest, signal: AbortSignal): Promise<VendorAnswer> {
    const startedAtMs = clock.now();
    for (let attempts = 1; ; attempts += 1) {
      if (signal.aborted) throw aborted(signal);
      const elapsedMs = clock.now() - startedAtMs;
      try {
        return await attemptRenewed(request, limits.budgetMs - elapsedMs, signal);
      } catch (error) {
        if (signal.aborted) throw aborted(signal);
        if (!(error instanceof Failure)) throw error;
        const tried = { attempts, elapsedMs: clock.now() - startedAtMs, mayBeDone: request.isEffect === true };
        const delayMs = retryDelayMs(error, tried, clock.random, limits);
        if (delayMs === null) throw error;
        await clock.sleep(delayMs, signal).catch(() => {
          throw aborted(signal);
        });
      }
    }
  }

  return {
    async send(request, signal) {
      const link = linkSignals(signal === undefined ? [closing.signal] : [signal, closing.signal]);
      try {
        return await send(request, link.signal);
      } finally {
        link.unlink();
      }
    },
    get clockSkewMs() {
      return vendorClock.skewMs;
    },
    get isClockKnown() {
      return vendorClock.isKnown;
    },
    get isClockDoubted() {
      return vendorClock.isDoubted;
    },
    recheck: () => authenticator.recheck(),
    async close() {
      closing.abort(new Failure('vendor-unreachable', 'The line to the vendor was closed.', { retryable: true }));
      await authenticator.settle();
      wire.close();
    },
  };
}

type Attempted =
  | { readonly kind: 'answered'; readonly answer: VendorAnswer }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly authorization: Authorization };

/** The request's URL with what authorizes it; nothing that is said of the request shows its query. */
function withQuery(url: URL, { query = [] }: Authorization): URL {
  if (query.length === 0) return url;
  const authorized = new URL(url);
  // The vendor's own link to a next page may hold it already.
  const own = query
    .filter(([name]) => !url.searchParams.has(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  authorized.search = [url.search.slice(1), ...own].filter((part) => part !== '').join('&');
  return authorized;
}

function answerOf({ url, status, headers, body, dateMs, leavesOutEmptyLists = false }: VendorAnswer): VendorAnswer {
  return { url, status, headers, body, dateMs, leavesOutEmptyLists };
}

/** The second refusal in a row, or one that no renewal can cure. */
function refused(failure: Failure): Failure {
  return new Failure('credentials-refused', failure.message, {
    retryable: false,
    help: failure.help ?? 'Check the credentials of the instance; if access was revoked, connect it again.',
    detail: failure.detail,
  });
}
