/**
 * The name lookup of all outbound sockets. It answers only addresses that calls may reach, and the socket connects
 * to what it answered, so that a name cannot be checked as one address and called as another.
 */

import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { Failure } from '../diagnostic/failure.ts';
import { type AddressRules, bareHost } from './address-rules.ts';

/** All IPv4 and IPv6 addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const LOOKUP_TIMEOUT_MS = 5_000;

const resolveBySystem: Resolve = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

/**
 * A lookup for got (`dnsLookup`), undici (`connect.lookup`) and node:net. Any forbidden answer refuses the name as a
 * whole: a name with a public and a private address is an attack or a mistake. Fails with `Failure`
 * `address-forbidden` (never naming the address: that would answer questions about the inner network) or
 * `vendor-unreachable`; a caller that talks to someone else than a vendor maps the latter.
 */
export function guardedLookup(
  rules: AddressRules,
  resolve: Resolve = resolveBySystem,
  timeoutMs: number = LOOKUP_TIMEOUT_MS,
): LookupFunction {
  return (hostname, options, callback) => {
    resolveGuarded(hostname, rules, resolve, timeoutMs).then(
      (addresses) => {
        const family = familyOf(options.family);
        const fitting = addresses.filter((address) => family === 0 || address.family === family);
        const [first] = fitting;
        if (first === undefined) callback(unresolved(hostname, 'ENOTFOUND'), '', 0);
        else if (options.all === true) callback(null, fitting);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : unresolved(hostname, 'ENOTFOUND'), '', 0),
    );
  };
}

/**
 * Belt and braces: destroys a socket whose peer, once connected, turns out to be forbidden. Sockets to an allowed
 * host are left alone.
 */
export function guardSocket(socket: Socket, hostname: string, rules: AddressRules): void {
  if (rules.allowsHost(hostname)) return;
  const check = (): void => {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && !rules.permits(remoteAddress)) socket.destroy(forbiddenAddress(hostname));
  };
  if (socket.connecting) socket.once('connect', check);
  else check();
}

async function resolveGuarded(
  hostname: string,
  rules: AddressRules,
  resolve: Resolve,
  timeoutMs: number,
): Promise<readonly LookupAddress[]> {
  const allowed = rules.allowsHost(hostname);
  const addresses = await resolveInTime(allowed ? hostname : absoluteName(hostname), resolve, timeoutMs);
  if (!allowed && !addresses.every(({ address }) => rules.permits(address))) throw forbiddenAddress(hostname);
  return addresses;
}

async function resolveInTime(hostname: string, resolve: Resolve, timeoutMs: number): Promise<readonly LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unresolved(hostname, 'ETIMEDOUT')), timeoutMs);
  });
  try {
    return await Promise.race([resolve(hostname), timeout]);
  } catch (error) {
    throw error instanceof Failure ? error : unresolved(hostname, codeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** With its final dot, a name is not tried under the search domains of this machine's network. */
function absoluteName(hostname: string): string {
  return isIP(bareHost(hostname)) !== 0 || hostname.endsWith('.') ? hostname : `${hostname}.`;
}

function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : (family ?? 0);
}

function forbiddenAddress(hostname: string): Failure {
  return new Failure('address-forbidden', `${hostname} does not lead to a public address.`, {
    retryable: false,
    help: 'Use a public host, or have the operator add the host to the allowed addresses, by --allow-address.',
  });
}

function unresolved(hostname: string, reason: string): Failure {
  const message = `The name ${bareHost(hostname)} cannot be resolved (${reason}).`;
  return new Failure('vendor-unreachable', message, { retryable: true, detail: { reason } });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ENOTFOUND';
}
