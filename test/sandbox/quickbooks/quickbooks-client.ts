import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig, type OpenOptions, openSandbox, type Reply, type SandboxClient } from '../sandbox-client.ts';

export interface QuickbooksClient extends SandboxClient {
  /** Calls a path of the company with a token. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  query(statement: string): Promise<Reply>;
  /** The records of an entity that a statement finds. */
  find(statement: string): Promise<readonly JsonObject[]>;
}

export const realm = '9130357992222222';
export const tokenPath = '/oauth2/v1/tokens/bearer';
export const basic = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;

export const refreshWith = (token: string): URLSearchParams =>
  new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token });

export async function openQuickbooks(options: OpenOptions = {}): Promise<QuickbooksClient> {
  const sandbox = await openSandbox('quickbooks', options);
  const issued = await sandbox.call('POST', tokenPath, refreshWith('sandbox-refresh-token'), { authorization: basic });
  const authorization = `Bearer ${dig(issued.json, 'access_token')}`;
  const api: QuickbooksClient['api'] = (method, path, body, headers) =>
    sandbox.call(method, `/v3/company/${realm}${path}`, body, {
      authorization,
      accept: 'application/json',
      ...headers,
    });
  const query = (statement: string): Promise<Reply> =>
    api('GET', `/query?query=${encodeURIComponent(statement)}&minorversion=75`);
  return {
    ...sandbox,
    api,
    query,
    find: async (statement) => {
      const { json, text } = await query(statement);
      const response = dig(json, 'QueryResponse');
      if (typeof response !== 'object' || response === null) throw new TypeError(text);
      return Object.values(response).find(Array.isArray) ?? [];
    },
  };
}
