/** A small connector that is right; tests break it in one place each. */
import type { ConnectorDefinition } from '../../src/definition/connector.ts';

export const acme: ConnectorDefinition = {
  key: 'acme',
  name: 'Acme CRM',
  description: 'Contacts of Acme CRM.',
  settings: {
    host: { type: 'url', description: 'The host of your account.', example: 'https://acme.example' },
    version: { type: 'text', description: 'API version.', default: 'v1', pattern: 'v[0-9]+' },
    pageSize: { type: 'number', description: 'Records in a page.', default: 100 },
  },
  credentials: {
    token: { description: 'A service key.' },
    clientId: { description: 'Client id.' },
    secret: { description: 'Client secret.' },
  },
  auth: [
    { name: 'key', kind: 'header', requires: ['token'], headers: { Authorization: 'Bearer {credentials.token}' } },
    {
      name: 'app',
      kind: 'token',
      requires: ['clientId', 'secret'],
      token: { url: '{settings.host}/token', form: { id: '{credentials.clientId}', secret: '{credentials.secret}' } },
      capture: { shard: 'shard.name' },
      headers: { Authorization: 'Bearer {auth.accessToken}' },
    },
  ],
  http: { baseUrl: '{settings.host}/{settings.version}', verify: { method: 'GET', path: '/me' } },
  dialect: 'soql',
  sandbox: { settings: { host: '{origin}' }, credentials: { token: 'sandbox' }, objects: { contact: 'Contact' } },
  objects: {
    contact: {
      title: 'Contact',
      resource: 'contact',
      id: 'Id',
      fields: {
        Id: { type: 'id' },
        Email: { type: 'text', path: 'mail.main' },
        Score: { type: 'number' },
        Updated: { type: 'timestamp', granularity: 's' },
        Created: { type: 'timestamp', granularity: 's' },
        Note: { type: 'text', select: false },
      },
      createdAt: 'Created',
      occurredAt: 'Updated',
      version: { fields: ['Updated'], hash: true, ignore: ['attributes'] },
      changes: [
        {
          strategy: 'watermark',
          request: {
            method: 'GET',
            path: '/query/{settings.version}',
            query: { q: 'SELECT {fields} FROM Contact WHERE {where}', limit: '{settings.pageSize}', empty: '' },
            headers: { 'X-Since': '{since}', 'X-Until': '{until}' },
          },
          records: 'records',
          total: 'total',
          page: { kind: 'next-url', read: 'next' },
          where: 'Updated >= :since AND Updated < :until',
          cursor: {
            field: 'Updated',
            granularity: 's',
            inclusive: true,
            zone: 'UTC',
            settleSeconds: 2,
            overlapSeconds: 300,
            cap: null,
            sorted: true,
            pageCursorSeconds: 0,
          },
        },
      ],
      deletes: [
        {
          strategy: 'watermark',
          request: {
            method: 'POST',
            path: '/deleted',
            body: {
              from: '{since}',
              fields: '{fields}',
              list: ['{fields}', 'all of {fields}'],
              limit: '{settings.pageSize}',
            },
          },
          records: 'records',
          page: { kind: 'none' },
          where: 'Updated >= :since AND Updated < :until',
          pushdown: false,
          cursor: {
            field: 'Updated',
            granularity: 's',
            inclusive: true,
            zone: 'UTC',
            settleSeconds: 2,
            overlapSeconds: 300,
            cap: null,
            sorted: false,
            pageCursorSeconds: 0,
          },
        },
      ],
      mapping: { id: 'Id', email: 'mail.main', address: { city: 'City' }, updatedAt: '$isoInstant(Updated)' },
    },
  },
};

/** A deep copy with the value at a path of steps replaced, or removed when it is undefined. */
export function broken(steps: readonly (string | number)[], value: unknown, from: unknown = acme): unknown {
  const copy = structuredClone(from);
  let parent = copy as Record<string | number, unknown>;
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>;
  const last = steps.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
