/**
 * Which addresses outbound calls may reach: public unicast only, plus what the operator allows. The deny list is the
 * IANA special-purpose registries (RFC 6890 and its updates): loopback, private, link-local with the clouds'
 * metadata services, documentation, multicast and the IPv6 forms that carry an IPv4 address inside.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

export interface AddressRules {
  /** True for a host name that the operator allows, whatever it resolves to. `hostname` as in a URL. */
  allowsHost(hostname: string): boolean;
  /** True for an IP address, without brackets, that the operator allows although it is not public. */
  allowsAddress(address: string): boolean;
  /** True for an IP address, without brackets, that calls may reach. */
  permits(address: string): boolean;
}

const FORBIDDEN_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All outside global unicast 2000::/3 (RFC 4291 §2.4), and the holes in it: Teredo and kin, documentation, 6to4. */
const FORBIDDEN_V6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** NAT64 (RFC 6052 §2.1) carries an IPv4 address in its last 32 bits, which is judged as if it stood alone. */
const NAT64 = '64:ff9b::';

/** Two lists: node reads an IPv4 address as ::ffff:0:0/96 too, which no rule for IPv6 may decide. */
const forbiddenV4 = blockListOf(FORBIDDEN_V4);
const forbiddenV6 = blockListOf(FORBIDDEN_V6);
const nat64 = blockListOf([`${NAT64}/96`]);
const forbiddenNat64 = blockListOf(
  FORBIDDEN_V4.map((block) => {
    const [network = '', bits] = block.split('/');
    return `${NAT64}${network}/${96 + Number(bits)}`;
  }),
);

/**
 * Compiles the operator's allow list. An entry is an IP address, a CIDR block or a host name; a host name is taken
 * as a whole and allows all its addresses.
 */
export function compileAddressRules(allow: readonly string[]): {
  readonly rules: AddressRules;
  readonly diagnostics: readonly Diagnostic[];
} {
  const hosts = new Set<string>();
  const allowed = new BlockList();
  const diagnostics: Diagnostic[] = [];
  allow.forEach((entry, index) => {
    if (addBlock(allowed, entry)) return;
    const host = canonicalHost(entry);
    if (host !== null) hosts.add(host);
    else diagnostics.push(unreadable(entry, index));
  });
  const allowsAddress = (address: string): boolean => holds(allowed, address);
  const rules: AddressRules = {
    allowsHost: (hostname) => hosts.has(bareHost(hostname)),
    allowsAddress,
    permits: (address) => allowsAddress(address) || isPublic(address),
  };
  return { rules, diagnostics };
}

/** A URL's hostname without the brackets of IPv6 and the dot of an absolute name. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isPublic(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (isIPv4(address)) return !holds(forbiddenV4, address);
  return holds(nat64, address) ? !holds(forbiddenNat64, address) : !holds(forbiddenV6, address);
}

function holds(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) addBlock(list, block);
  return list;
}

/** Adds an address or CIDR block; false when the text is neither. */
function addBlock(list: BlockList, block: string): boolean {
  const [network = '', bits, ...rest] = block.split('/');
  const version = isIP(network);
  if (version === 0 || rest.length > 0 || network.includes('%')) return false;
  const width = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : width + 1;
  if (prefix > width) return false;
  list.addSubnet(network, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return true;
}

/** The host name as a URL would carry it; null for a text that is no plain host name. */
function canonicalHost(entry: string): string | null {
  if (!URL.canParse(`https://${entry}/`)) return null;
  const host = bareHost(new URL(`https://${entry}/`).hostname);
  return isIP(host) === 0 && /^[a-z0-9._-]+$/.test(host) && !/[/?#@:]/.test(entry) ? host : null;
}

function unreadable(entry: string, index: number): Diagnostic {
  return {
    code: 'config-schema',
    severity: 'error',
    message: `"${entry}" is no host name, IP address or CIDR block.`,
    help: 'Write entries such as "intranet.example", "10.1.2.3" or "10.1.0.0/16".',
    pointer: `/${index}`,
  };
}
