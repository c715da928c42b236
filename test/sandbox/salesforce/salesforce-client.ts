import { makeRecordId } from '../../../src/sandbox/salesforce/ids.ts';
import { dig, type OpenOptions, openSandbox, type Reply, type SandboxClient } from '../sandbox-client.ts';

export interface SalesforceClient extends SandboxClient {
  readonly token: string;
  /** Calls with the token. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  query(soql: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  queryAll(soql: string): Promise<Reply>;
}

export const base = '/services/data/v62.0';

export const clientGrant = {
  grant_type: 'client_credentials',
  client_id: 'sandbox-client',
  client_secret: 'sandbox-secret',
};

export async function openSalesforce(options: OpenOptions = {}): Promise<SalesforceClient> {
  const sandbox = await openSandbox('salesforce', options);
  const issued = await sandbox.call('POST', '/services/oauth2/token', new URLSearchParams(clientGrant));
  const token = String(dig(issued.json, 'access_token'));
  const api: SalesforceClient['api'] = (method, path, body, headers) =>
    sandbox.call(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  const ask = (resource: string, soql: string, headers?: Readonly<Record<string, string>>): Promise<Reply> =>
    api('GET', `${base}/${resource}?q=${encodeURIComponent(soql)}`, undefined, headers);
  return {
    ...sandbox,
    token,
    api,
    query: (soql, headers) => ask('query', soql, headers),
    queryAll: (soql) => ask('queryAll', soql),
  };
}

export const contactId = (serial: number): string => makeRecordId('Contact', serial);
export const accountId = (serial: number): string => makeRecordId('Account', serial);
