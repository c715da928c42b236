/** One attempt: a signed request to a callback, and what came of it. The only importer of undici. */
import type { LookupFunction } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { Failure } from '../diagnostic/failure.ts';
import { requireAddress } from '../http/address.ts';
import type { AddressRules } from '../http/address-rules.ts';
import { guardedLookup, guardSocket } from '../http/guarded-lookup.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import { timedOut, unreachable } from './unreachable.ts';

export interface CallbackRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What came of an attempt. It went well exactly when `failure` is null: the callback answered 2xx. */
export interface CallbackAnswer {
  /** null when no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  /** How long the callback asks to be left alone, from 429 and 503; at most a day. */
  readonly retryAfterMs: number | null;
  /** `callback-unreachable`, `callback-refused` or `address-forbidden`. */
  readonly failure: Failure | null;
}

/** Never rejects for what the other side does; rejects with the signal's reason when the signal aborts. */
export type Send = (request: CallbackRequest, signal: AbortSignal) => Promise<CallbackAnswer>;

export interface SenderOptions {
  readonly addressRules: AddressRules;
  /** `anyhook/<version>`. */
  readonly userAgent: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From the first byte to the answer's headers. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How names are resolved: with the guard, unless a test brings its own behind it. */
  readonly lookup?: LookupFunction;
}

/** So much of an answer is read that its sender can finish in peace; nothing in it is used. */
const drainBytes = 4096;
const drainMs = 1_000;

/**
 * A sender. Every attempt has a connection of its own: the address is checked each time one is made, and no
 * customer's event travels on another's. Redirects are answers like any other, and no success. TLS is verified
 * whatever the environment says.
 */
export function createSender(options: SenderOptions): Send {
  const { addressRules, now, userAgent, timeoutMs = 15_000, connectTimeoutMs = 5_000 } = options;
  const connect = guardedConnector(addressRules, options.lookup ?? guardedLookup(addressRules), connectTimeoutMs);

  return async ({ url, headers, body }, signal) => {
    const startedAt = now();
    const answer = (status: number | null, failure: Failure | null, retryAfterMs: number | null = null) => ({
      status,
      durationMs: now() - startedAt,
      retryAfterMs,
      failure,
    });
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const stop = (): void => deadline.abort();
    signal.addEventListener('abort', stop, { once: true });
    let client: Client | undefined;
    try {
      signal.throwIfAborted();
      requireAddress(url, addressRules);
      const { origin, pathname, search } = new URL(url);
      client = new Client(origin, { connect, pipelining: 0 });
      const response = await client.request({
        method: 'POST',
        path: pathname + search,
        headers: { ...headers, 'user-agent': userAgent },
        body,
        signal: deadline.signal,
      });
      clearTimeout(timer);
      await drain(response.body);
      const status = response.statusCode;
      return answer(status, refusal(status), retryAfter(status, response.headers, now()));
    } catch (error) {
      signal.throwIfAborted();
      return answer(null, deadline.signal.aborted ? timedOut(timeoutMs) : unreachable(error));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      await client?.destroy();
    }
  };
}

/** Connects to what the lookup lets through, and hangs up if the peer turns out to be somebody else. */
function guardedConnector(rules: AddressRules, lookup: LookupFunction, timeout: number): buildConnector.connector {
  const connect = buildConnector({ lookup, timeout, rejectUnauthorized: true });
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      guardSocket(socket, options.hostname, rules);
      if (socket.destroyed) callback(socket.errored ?? new Error('the peer is forbidden'), null);
      else callback(null, socket);
    });
  };
}

/** The status has decided already: whatever happens to the rest of the answer changes nothing. */
function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  return body.dump({ limit: drainBytes, signal: AbortSignal.timeout(drainMs) }).catch(() => undefined);
}

function refusal(status: number): Failure | null {
  if (status >= 200 && status < 300) return null;
  const redirect = status >= 300 && status < 400;
  return new Failure('callback-refused', `The callback answered ${status}${redirect ? ', a redirect' : ''}.`, {
    retryable: status !== 410,
    detail: { status },
    ...(redirect ? { help: 'Redirects are never followed: register the address that they lead to.' } : {}),
  });
}

function retryAfter(status: number, headers: Readonly<Record<string, unknown>>, nowMs: number): number | null {
  const value = headers['retry-after'];
  if ((status !== 429 && status !== 503) || typeof value !== 'string') return null;
  return readRetryAfter({ 'retry-after': value }, undefined, nowMs) ?? null;
}
