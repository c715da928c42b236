import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AServer, startAServer } from './a-server.ts';

const secret = 'a-secret-of-the-operator';
let server: AServer;
beforeAll(async () => {
  server = await startAServer({
    apps: {
      shopify: { clientId: 'an id', clientSecret: secret },
      hubspot: { clientId: 'an id', clientSecret: secret, appId: '1160452' },
    },
  });
});
afterAll(() => server.close());

it('tells what the operator’s apps have and lack, and no secret', async () => {
  const { status, body, text } = await server.call('GET', '/v1/apps');
  expect([status, text]).toEqual([200, expect.not.stringContaining(secret)]);
  expect(body).toMatchObject({
    items: [
      {
        connector: 'hubspot',
        given: ['appId', 'clientId', 'clientSecret'],
        registers: false,
        problems: [{ help: 'developer-key lacks developerKey.' }, { help: 'Start it with --public-url.' }],
        webhooks: [],
      },
      { connector: 'shopify', given: ['clientId', 'clientSecret'], registers: false, problems: [], webhooks: [] },
    ],
  });
});

it('is told to nobody without a key', async () => {
  expect((await server.call('GET', '/v1/apps', undefined, { authorization: '' })).status).toBe(401);
});
