/** Checks a URL before it is called. What a name resolves to is checked when it is: guarded-lookup.ts. */
import { isIP } from 'node:net';
import { Failure } from '../diagnostic/failure.ts';
import { type AddressRules, bareHost } from './address-rules.ts';

/** Why a URL may not be called. */
export interface AddressProblem {
  /** `invalid`: no usable URL. `forbidden`: a place that calls may not reach. */
  readonly kind: 'invalid' | 'forbidden';
  readonly message: string;
  readonly help: string;
}

/**
 * Checks what can be seen without a network: scheme, user info, and the address where the host is one in whatever
 * spelling (WHATWG URL reads `2130706433`, `0x7f.1` and `①②⑦.0.0.1` all as 127.0.0.1). Plain http is for hosts and
 * addresses on the allow list only.
 */
export function checkAddress(url: string | URL, rules: AddressRules): AddressProblem | null {
  if (!URL.canParse(String(url))) {
    return { kind: 'invalid', message: 'This is no URL.', help: 'Write a whole URL: https://host/path.' };
  }
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') {
    return { kind: 'invalid', message: `The scheme ${protocol} cannot be called.`, help: 'Use https.' };
  }
  if (username !== '' || password !== '') {
    const help = 'Write the URL without the part before "@".';
    return { kind: 'invalid', message: 'The URL holds a user name or password.', help };
  }
  const host = bareHost(hostname);
  const allowed = rules.allowsHost(host) || (isIP(host) !== 0 && rules.allowsAddress(host));
  if (allowed) return null;
  if (isLocalName(host) || (isIP(host) !== 0 && !rules.permits(host))) {
    const help = 'Use a public host, or have the operator add the host to the allowed addresses, by --allow-address.';
    return { kind: 'forbidden', message: `${hostname} is not a public address.`, help };
  }
  if (protocol === 'http:') {
    const help = 'Use https, or have the operator add the host to the allowed addresses, by --allow-address.';
    return { kind: 'forbidden', message: 'Plain http can be read and changed by all on the way.', help };
  }
  return null;
}

/** @throws Failure `address-forbidden` when `checkAddress` finds a problem. */
export function requireAddress(url: string | URL, rules: AddressRules): void {
  const problem = checkAddress(url, rules);
  if (problem !== null)
    throw new Failure('address-forbidden', problem.message, { retryable: false, help: problem.help });
}

/** RFC 6761 §6.3: names that mean this machine, whatever a resolver says. */
function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
