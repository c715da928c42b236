import type { JsonObject } from '../../../src/sandbox/json.ts';
import { makeId } from '../../../src/sandbox/shopify/ids.ts';
import { dig, type OpenOptions, openSandbox, type Reply, type SandboxClient } from '../sandbox-client.ts';

export interface ShopifyClient extends SandboxClient {
  /** Calls with the app's token. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  graphql(query: string, variables?: JsonObject): Promise<Reply>;
  advance(byMs: number): Promise<unknown>;
}

export const base = '/admin/api/2026-07';

export async function openShopify(options: OpenOptions = {}): Promise<ShopifyClient> {
  const sandbox = await openSandbox('shopify', options);
  const api: ShopifyClient['api'] = (method, path, body, headers) =>
    sandbox.call(method, path, body, { 'x-shopify-access-token': 'shpat_sandbox', ...headers });
  return {
    ...sandbox,
    api,
    graphql: (query, variables = {}) => api('POST', `${base}/graphql.json`, { query, variables }),
    advance: (advanceMs) => sandbox.call('POST', '/_sandbox/clock', { advanceMs }),
  };
}

/** A record of a file, with both stamps at these times. */
export const at = (createdAt: string, updatedAt = createdAt): JsonObject => ({
  created_at: createdAt,
  updated_at: updatedAt,
});

export const customerId = (serial: number): string => makeId('customers', serial);
export const orderId = (serial: number): string => makeId('orders', serial);
export const productId = (serial: number): string => makeId('products', serial);

/** The records of a REST list. */
export function listOf(reply: Reply, name: string): readonly JsonObject[] {
  const rows = dig(reply.json, name);
  if (!Array.isArray(rows)) throw new TypeError(`no ${name} in ${reply.text}`);
  return rows;
}

/** The nodes of a GraphQL connection. */
export const nodesOf = (reply: Reply, field: string): readonly JsonObject[] => {
  const nodes = dig(reply.json, 'data', field, 'nodes');
  if (!Array.isArray(nodes)) throw new TypeError(`no ${field} in ${reply.text}`);
  return nodes;
};

/** Path and query of the Link header's page with this relation; undefined when there is none. */
export function linkTo(reply: Reply, rel: 'next' | 'previous'): string | undefined {
  const links = (reply.headers.get('link') ?? '').split(', ');
  const url = links.flatMap((link) => /^<([^>]+)>; rel="(\w+)"$/.exec(link)?.slice(1) ?? []);
  const index = url.indexOf(rel);
  const found = index < 1 ? undefined : url[index - 1];
  return found === undefined ? undefined : new URL(found).pathname + new URL(found).search;
}

/** An access token with these scopes and no others, as a person's consent gives it. */
export async function limitedToken(origin: string, scope: string): Promise<string> {
  const app = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
  const form = { client_id: app.client_id, redirect_uri: 'https://app.example/back', state: 'x', scope };
  const consent = { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' } as const;
  const { headers } = await fetch(`${origin}/admin/oauth/authorize`, consent);
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  const answer = await fetch(`${origin}/admin/oauth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({ ...app, code }),
  });
  return String(dig(await answer.json(), 'access_token'));
}
