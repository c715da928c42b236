/**
 * One HTTP exchange, text in and text out: the only place that knows got. Addresses are checked, certificates are
 * verified, redirects stay on their origin, bodies are bounded, and what fails is a `Failure` without a secret.
 */
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Delays, type Response } from 'got';
import { requireAddress } from './address.ts';
import type { AddressRules } from './address-rules.ts';
import type { VendorRequest } from './client.ts';
import { guardedLookup, guardSocket, type Resolve } from './guarded-lookup.ts';
import { redirectRefused, tooLarge, unreachable, wireFailure } from './wire-failure.ts';

export interface WireRequest {
  readonly method: VendorRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is; undefined for none. */
  readonly body?: string;
  /** For the whole exchange, redirects and body included. */
  readonly timeoutMs: number;
  /** How many redirects on the same origin are followed. */
  readonly redirects: number;
}

export interface WireAnswer {
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** When its head was here, by `WireOptions.now`. */
  readonly headAtMs: number;
}

export interface Wire {
  /**
   * @throws Failure `address-forbidden`, `vendor-unreachable`, `request-refused` for a redirect that is not followed,
   * `vendor-answer-unreadable` for a body over the limit.
   */
  exchange(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
  /** Closes the kept connections. */
  close(): void;
}

export interface WireOptions {
  readonly rules: AddressRules;
  readonly maxBodyBytes: number;
  readonly now: () => number;
  /** How names are resolved, when not by the system. */
  readonly resolve?: Resolve | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens a line of its own: connections are kept alive, and shared with no other wire. */
export function createWire(options: WireOptions): Wire {
  const agent = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const line: Line = { ...options, agent, lookup: guardedLookup(options.rules, options.resolve) };
  return {
    exchange: (request, signal) => followed(request, line, signal),
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

interface Line extends WireOptions {
  readonly agent: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly lookup: ReturnType<typeof guardedLookup>;
}

async function followed(request: WireRequest, line: Line, signal: AbortSignal): Promise<WireAnswer> {
  const answer = await exchangeOnce(request, line, signal);
  const location = answer.headers['location'];
  if (answer.status < 300 || answer.status > 399 || answer.status === 304 || location === undefined) return answer;
  const target = URL.canParse(location, request.url.href) ? new URL(location, request.url) : null;
  if (target === null || target.origin !== request.url.origin)
    throw redirectRefused(request.url, answer.status, 'to another host');
  if (request.redirects === 0) throw redirectRefused(request.url, answer.status, 'once too often');
  const keepsMethod = answer.status === 307 || answer.status === 308;
  if (request.method !== 'GET' && !keepsMethod)
    throw redirectRefused(request.url, answer.status, 'a request that has a body');
  return followed({ ...request, url: target, redirects: request.redirects - 1 }, line, signal);
}

async function exchangeOnce(request: WireRequest, line: Line, signal: AbortSignal): Promise<WireAnswer> {
  const { url, method, headers, timeoutMs } = request;
  requireAddress(url, line.rules);
  const stream = got.stream(url.href, {
    method,
    headers: { ...headers },
    // Without a body, any stream but a GET would wait for one to be piped in.
    ...(method === 'GET' ? {} : { body: request.body ?? '' }),
    agent: line.agent,
    dnsLookup: line.lookup,
    timeout: delaysOf(timeoutMs),
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    https: { rejectUnauthorized: true },
    signal,
  });
  let head: { readonly response: Response; readonly headAtMs: number } | undefined;
  stream.once('response', (response: Response) => {
    head = { response, headAtMs: line.now() };
  });
  stream.once('request', (sent: ClientRequest) => {
    sent.once('socket', (socket) => guardSocket(socket, url.hostname, line.rules));
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > line.maxBodyBytes) throw tooLarge(url, line.maxBodyBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw wireFailure(error, url, timeoutMs, signal);
  } finally {
    stream.destroy();
  }
  if (head === undefined) throw unreachable(url, timeoutMs, 'ECONNRESET');
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  const { response, headAtMs } = head;
  return { url: url.href, status: response.statusCode, headers: flatten(response.headers), text, headAtMs };
}

function delaysOf(timeoutMs: number): Delays {
  const connect = Math.min(CONNECT_TIMEOUT_MS, timeoutMs);
  return { lookup: connect, connect, secureConnect: connect, request: timeoutMs };
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
  const flat = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(flat.filter(([, value]) => value !== undefined));
}
