import { describe, expect, test } from 'vitest';
import { messages } from '../../../src/sandbox/dynamics/messages.ts';
import { openReceiver } from '../receiver.ts';
import { dig } from '../sandbox-client.ts';
import { type DynamicsClient, openDynamics, valuesOf } from './dynamics-client.ts';

const endpoint = { name: 'hook', contract: 8, url: 'http://127.0.0.1:9/x', authtype: 4, authvalue: 'key' };
const representation = { prefer: 'return=representation' };

async function filterOf(client: DynamicsClient, table: string, message: keyof typeof messages): Promise<string> {
  const filter = `primaryobjecttypecode eq '${table}' and _sdkmessageid_value eq ${messages[message]}`;
  const rows = valuesOf(
    await client.api('GET', `sdkmessagefilters?$select=sdkmessagefilterid&$filter=${encodeURI(filter)}`),
  );
  expect(rows).toHaveLength(1);
  return String(dig(rows[0], 'sdkmessagefilterid'));
}

const stepOf = (message: keyof typeof messages, filter: string) => ({
  stage: 40,
  mode: 1,
  'sdkmessageid@odata.bind': `/sdkmessages(${messages[message]})`,
  'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filter})`,
});

const subscriptions = async (client: DynamicsClient) =>
  dig((await client.call('GET', '/_sandbox/webhooks')).json, 'subscriptions');

describe('an endpoint and its steps', () => {
  test('made one by one are a subscription, until either goes', async () => {
    const client = await openDynamics();
    const added = await client.api('POST', 'serviceendpoints', endpoint);
    expect(added.status).toBe(204);
    const [, id = ''] = /serviceendpoints\((.*)\)$/.exec(added.headers.get('odata-entityid') ?? '') ?? [];
    expect(await subscriptions(client)).toEqual([]);
    const step = {
      ...stepOf('Update', await filterOf(client, 'contact', 'Update')),
      filteringattributes: 'emailaddress1',
      'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${id})`,
    };
    const made = await client.api('POST', 'sdkmessageprocessingsteps', step, representation);
    expect(made.status).toBe(201);
    const settings = {
      auth: { code: 'key' },
      message: 'Update',
      table: 'contact',
      filteringattributes: 'emailaddress1',
    };
    expect(await subscriptions(client)).toMatchObject([{ url: endpoint.url, settings }]);
    const stepPath = `sdkmessageprocessingsteps(${dig(made.json, 'sdkmessageprocessingstepid')})`;
    expect((await client.api('DELETE', stepPath)).status).toBe(204);
    expect((await client.api('DELETE', stepPath)).status).toBe(404);
    await client.api('POST', 'sdkmessageprocessingsteps', step);
    expect(await subscriptions(client)).toHaveLength(1);
    expect((await client.api('DELETE', `serviceendpoints(${id})`)).status).toBe(204);
    expect(await subscriptions(client)).toEqual([]);
    expect((await client.api('POST', 'sdkmessageprocessingsteps', step)).status).toBe(400);
  });

  test('made together are told of what the steps are for, and of nothing else; the key is not shown', async () => {
    const client = await openDynamics();
    const { origin, posts } = await openReceiver();
    const steps = [
      stepOf('Create', await filterOf(client, 'contact', 'Create')),
      stepOf('Delete', await filterOf(client, 'contact', 'Delete')),
    ];
    const whole = { ...endpoint, url: `${origin}/in`, serviceendpoint_sdkmessageprocessingstep: steps };
    const made = await client.api('POST', 'serviceendpoints', whole, representation);
    expect(made.status).toBe(201);
    const { text } = await client.api('GET', 'serviceendpoints');
    expect(text).toContain(String(dig(made.json, 'serviceendpointid')));
    expect(text).not.toContain('authvalue"');
    const created = await client.call('POST', '/_sandbox/records', { object: 'contact', record: { lastname: 'Lind' } });
    const id = String(dig(created.json, 'id'));
    await client.call('POST', '/_sandbox/records', { object: 'contact', id, record: { firstname: 'Mara' } });
    await client.call('POST', '/_sandbox/records', { object: 'account', record: { name: 'Lind Cycles' } });
    await client.call('DELETE', `/_sandbox/records/contact/${id}`);
    await client.call('GET', '/_sandbox/webhooks');
    expect(posts.map(({ headers }) => headers['x-ms-dynamics-request-name'])).toEqual(['Create', 'Delete']);
  });

  test.each([
    [{ contract: 7 }],
    [{ url: 'https://hooks.example.test/' }],
    [{ authtype: 1 }],
    [{ serviceendpoint_sdkmessageprocessingstep: [{ stage: 20 }] }],
  ])('with %j are refused with a sentence, and nothing is made', async (wrong) => {
    const client = await openDynamics();
    const refused = await client.api('POST', 'serviceendpoints', { ...endpoint, ...wrong });
    expect([refused.status, dig(refused.json, 'error', 'message')]).toEqual([400, expect.any(String)]);
    expect(valuesOf(await client.api('GET', 'serviceendpoints'))).toEqual([]);
  });

  test.each([
    [{ stage: 20 }],
    [{ mode: 0 }],
    [{ 'sdkmessageid@odata.bind': '/sdkmessages(x)' }],
    [{ 'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${messages.Create})` }],
  ])('a step with %j is refused with a sentence', async (wrong) => {
    const client = await openDynamics();
    const made = await client.api('POST', 'serviceendpoints', endpoint, representation);
    const step = {
      ...stepOf('Create', await filterOf(client, 'contact', 'Create')),
      'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${dig(made.json, 'serviceendpointid')})`,
    };
    const refused = await client.api('POST', 'sdkmessageprocessingsteps', { ...step, ...wrong });
    expect([refused.status, dig(refused.json, 'error', 'message')]).toEqual([400, expect.any(String)]);
  });
});
