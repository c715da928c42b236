/** The vendors of vendors.json: rules as data, linked in a small connector, and requests signed by `sign.ts`. */
import { readFileSync } from 'node:fs';
import type { InboundWay } from '../../src/connector/inbound.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import type { InboundRequest } from '../../src/inbound/request.ts';
import type { InboundChange } from '../../src/inbound/split.ts';
import { acme } from '../connector/acme.ts';
import { signers } from './sign.ts';

/** 1 November 2026, as in the published vectors. */
export const nowMs = 1_793_491_200_000;

export interface Vendor {
  readonly vendor: string;
  /** null for one that signs nothing. */
  readonly secret: string | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly way: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly auth: { readonly kind: string };
    readonly timestamp?: { readonly windowSeconds?: number };
  };
  readonly requests: readonly {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
    /** No object of the small connector goes by name. */
    readonly changes: readonly Omit<InboundChange, 'named'>[];
  }[];
}

export const vendors: readonly Vendor[] = JSON.parse(
  readFileSync(new URL('vendors.json', import.meta.url), 'utf8'),
) as Vendor[];

const context = createLinkContext((await loadDialects()).dialects);
const { contact } = acme.objects;
const objectNames = ['contact', 'account', 'customer', 'order', 'invoice', 'ticket'];
const readable = { ...contact, read: { request: { method: 'GET', path: '/records/{id}' } } };

/** A connector with one way: acme, with objects of the names above. */
export function connectorWith(way: unknown): Readonly<Record<string, unknown>> {
  return {
    ...acme,
    settings: { ...acme.settings, account: { type: 'text', description: 'The account.', example: '1' } },
    credentials: { ...acme.credentials, other: { description: 'Another.' } },
    objects: Object.fromEntries(objectNames.map((name) => [name, readable])),
    inbound: [way],
  };
}

interface LinkedWay {
  readonly way: InboundWay;
  readonly diagnostics: readonly Diagnostic[];
}

const linkedWays = new Map<unknown, LinkedWay>();

/** Links a way, once. */
export function linkWay(definition: unknown): LinkedWay {
  const known = linkedWays.get(definition);
  if (known !== undefined) return known;
  const { way, diagnostics } = diagnoseWay(definition);
  if (way === null) throw new Error(JSON.stringify(diagnostics, null, 1));
  linkedWays.set(definition, { way, diagnostics });
  return { way, diagnostics };
}

/** Links a way, and says what is wrong with it. */
export function diagnoseWay(definition: unknown): { way: InboundWay | null; diagnostics: readonly Diagnostic[] } {
  const { connector, diagnostics } = linkConnector(connectorWith(definition), context);
  const [way] = connector?.inbound.values() ?? [];
  return { way: way ?? null, diagnostics };
}

export function lookUp(name: string): Vendor {
  const found = vendors.find(({ vendor }) => vendor === name);
  if (found === undefined) throw new Error(`no vendor ${name}`);
  return found;
}

export function bodyBytes(body: unknown): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A request of a vendor, signed as its manual says. */
export function signedRequest(
  { vendor, secret, url = 'https://hooks.example.test/in/1', requests }: Vendor,
  options: { readonly index?: number; readonly secret?: string; readonly timeMs?: number; readonly body?: Buffer } = {},
): InboundRequest {
  const { headers = {}, body } = requests[options.index ?? 0] ?? { body: '' };
  const sign = signers[vendor];
  if (sign === undefined) throw new Error(`no signer for ${vendor}`);
  const unsigned = {
    method: 'POST',
    url,
    headers,
    body: options.body ?? bodyBytes(body),
    timeMs: options.timeMs ?? nowMs,
  };
  const signed = sign(options.secret ?? secret ?? '', unsigned);
  return asReceived({ ...unsigned, ...signed, headers: { ...headers, ...signed.headers } });
}

/** With headers as node:http gives them. */
export function asReceived(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}): InboundRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), [value]] as const);
  return { method: request.method, url: request.url, headers: Object.fromEntries(headers), body: request.body };
}
