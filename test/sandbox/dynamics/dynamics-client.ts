import { credentials } from '../../../src/sandbox/dynamics/oauth.ts';
import { dig, type OpenOptions, openSandbox, type Reply, type SandboxClient } from '../sandbox-client.ts';

export const base = '/api/data/v9.2';
export const tokenPath = `/${credentials.tenantId}/oauth2/v2.0/token`;

export interface DynamicsClient extends SandboxClient {
  /** Calls with a token; the path is one below the API, or a whole link that an answer gave. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Reads with a Prefer header. */
  read(path: string, prefer?: string): Promise<Reply>;
}

export const clientGrant = (origin: string): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: credentials.clientId,
  client_secret: credentials.clientSecret,
  scope: `${origin}/.default`,
});

export async function openDynamics(
  options: OpenOptions = {},
  grant: Readonly<Record<string, string>> = {},
): Promise<DynamicsClient> {
  const sandbox = await openSandbox('dynamics', options);
  const form = new URLSearchParams({ ...clientGrant(sandbox.origin), ...grant });
  const token = String(dig((await sandbox.call('POST', tokenPath, form)).json, 'access_token'));
  const api: DynamicsClient['api'] = (method, path, body, headers) => {
    const whole = path.startsWith(sandbox.origin) ? path.slice(sandbox.origin.length) : `${base}/${path}`;
    return sandbox.call(method, whole, body, { authorization: `Bearer ${token}`, ...headers });
  };
  const read: DynamicsClient['read'] = (path, prefer) =>
    api('GET', path, undefined, prefer === undefined ? {} : { prefer });
  return { ...sandbox, api, read };
}

/** The rows of an answer. */
export function valuesOf(reply: Reply): readonly unknown[] {
  const rows = dig(reply.json, 'value');
  if (!Array.isArray(rows)) throw new TypeError(`no rows in ${reply.text}`);
  return rows;
}
