import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/engine/api.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
});
afterAll(() => server.close());

interface ConnectorView {
  readonly key: string;
  readonly objects: Readonly<Record<string, { readonly fields: Readonly<Record<string, unknown>> }>>;
}

describe('connectors', () => {
  it('are listed in order of their keys', async () => {
    const { body } = await server.call<{ items: readonly ConnectorView[] }>('GET', '/v1/connectors');
    expect(body.items.map(({ key }) => key)).toEqual([...server.runtime.connectors.keys()].sort());
    expect(body.items.length).toBeGreaterThan(1);
  });

  it('tell what an instance needs and can watch', async () => {
    const { body } = await server.call<ConnectorView>('GET', '/v1/connectors/hubspot');
    expect(body).toMatchObject({
      key: 'hubspot',
      name: 'HubSpot CRM',
      settings: {
        baseUrl: { type: 'url', required: false, told: false, default: 'https://api.hubapi.com' },
        currency: { type: 'text', required: false, told: true },
      },
      credentials: { accessToken: { description: expect.any(String) } },
      auth: expect.arrayContaining([{ name: 'service-key', kind: 'header', requires: ['accessToken'] }]),
      objects: {
        contact: {
          title: 'Contact',
          resource: 'contact',
          where: 'lastmodifieddate >= :since AND lastmodifieddate < :until',
          intervalSeconds: 60,
          seesDeletes: true,
          accountFields: true,
          fields: { city: { type: 'text', filterable: true }, archivedAt: { type: 'timestamp', filterable: false } },
        },
      },
      app: { settings: { appId: { type: 'text', required: true } }, credentials: { developerKey: {} } },
      anyObject: { pattern: expect.stringContaining('[0-9]'), help: expect.stringContaining('2-3465404') },
    });
    expect((await server.call<ConnectorView>('GET', '/v1/connectors/shopify')).body).toMatchObject({ anyObject: null });
  });

  it('tell what the vendor is to call', async () => {
    const webhooksOf = async (key: string) =>
      (await server.call<{ webhooks: unknown }>('GET', `/v1/connectors/${key}`)).body.webhooks;
    const description = expect.stringMatching(/\S/);
    expect(await webhooksOf('hubspot')).toEqual({
      events: { description, path: '/v1/inbound/hubspot/events', registers: true, owner: 'app' },
    });
    expect(await webhooksOf('shopify')).toEqual({
      events: { description, path: '/v1/inbound/shopify/events/{instanceId}', registers: true, owner: 'account' },
      'app-events': {
        description,
        path: '/v1/inbound/shopify/app-events/{instanceId}',
        registers: false,
        owner: null,
      },
    });
  });

  it('that are not there are answered 404', async () => {
    expect((await server.call('GET', '/v1/connectors/none')).status).toBe(404);
  });
});

describe('explaining', () => {
  it('shows the request that a where becomes, and why', async () => {
    const { status, body } = await server.call<Explanation>('POST', '/v1/explain', {
      connector: 'hubspot',
      object: 'contact',
      where: "city = 'Berlin'",
      parameters: { since: '2026-03-14T00:00:00Z', until: '2026-03-15T00:00:00Z' },
    });
    expect(status).toBe(200);
    expect(body.request).toMatchObject({
      method: 'POST',
      url: 'https://api.hubapi.com/crm/v3/objects/contacts/search',
    });
    expect(JSON.stringify(body.request.body)).toContain('Berlin');
    expect(body.predicates.map(({ text }) => text)).toContain("city = 'Berlin'");
  });
});
