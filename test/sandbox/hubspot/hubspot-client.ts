import type { JsonObject } from '../../../src/sandbox/json.ts';
import { type OpenOptions, openSandbox, type Reply, type SandboxClient } from '../sandbox-client.ts';

export interface HubspotClient extends SandboxClient {
  /** Calls with the private app's token. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  search(object: string, body: unknown): Promise<Reply>;
}

export const base = '/crm/v3/objects';

export async function openHubspot(options: OpenOptions = {}): Promise<HubspotClient> {
  const sandbox = await openSandbox('hubspot', options);
  const api: HubspotClient['api'] = (method, path, body, headers) =>
    sandbox.call(method, path, body, { authorization: 'Bearer pat-na1-sandbox', ...headers });
  return { ...sandbox, api, search: (object, body) => api('POST', `${base}/${object}/search`, body) };
}

/** A record of a file, with both stamps at these times. */
export function record(
  properties: JsonObject,
  createdAt = '2026-10-02T09:15:27.114Z',
  updatedAt = createdAt,
): JsonObject {
  return { properties, createdAt, updatedAt };
}
