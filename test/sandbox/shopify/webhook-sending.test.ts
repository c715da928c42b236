import { expect, test } from 'vitest';
import { sign } from '../../../src/sandbox/shopify/webhook.ts';
import { openReceiver } from '../receiver.ts';
import { base, customerId, limitedToken, listOf, nodesOf, openShopify } from './shopify-client.ts';

test('a subscription made over REST is told of a change, signed by the app’s secret', async () => {
  const receiver = await openReceiver();
  const shopify = await openShopify();
  const webhook = { topic: 'customers/update', address: receiver.origin, format: 'json' };
  expect((await shopify.api('POST', `${base}/webhooks.json`, { webhook })).status).toBe(201);
  await shopify.api('PUT', `${base}/customers/${customerId(1)}.json`, { customer: { note: 'new' } });
  await expect.poll(() => receiver.posts.length, { timeout: 5000 }).toBe(1);
  const [post] = receiver.posts;
  expect(post?.headers['x-shopify-topic']).toBe('customers/update');
  expect(post?.headers['x-shopify-hmac-sha256']).toBe(sign('sandbox-secret', post?.body ?? ''));
  expect(post?.body).toContain(`{"id":${customerId(1)},`);
});

const create = `mutation Create($topic: WebhookSubscriptionTopic!, $url: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $url, format: JSON }) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}`;
const list = `query List($url: String!, $topics: [WebhookSubscriptionTopic!]) {
  webhookSubscriptions(first: 10, uri: $url, topics: $topics) { nodes { id topic uri } }
}`;
const remove = `mutation Delete($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}`;

test('a subscription made over GraphQL is listed, told of changes, and deleted', async () => {
  const receiver = await openReceiver();
  const shopify = await openShopify();
  const url = receiver.origin;
  const made = await shopify.graphql(create, { topic: 'CUSTOMERS_UPDATE', url });
  const node = { id: expect.stringMatching(/^gid:/), topic: 'CUSTOMERS_UPDATE', uri: url };
  expect(made.json).toMatchObject({
    data: { webhookSubscriptionCreate: { webhookSubscription: node, userErrors: [] } },
    extensions: { cost: { requestedQueryCost: 10, actualQueryCost: 10 } },
  });
  expect((await shopify.graphql(create, { topic: 'CUSTOMERS_UPDATE', url })).json).toMatchObject({
    data: {
      webhookSubscriptionCreate: {
        webhookSubscription: null,
        userErrors: [{ message: 'Address for this topic has already been taken' }],
      },
    },
  });
  await shopify.graphql(create, { topic: 'CUSTOMERS_DELETE', url });
  const listed = await shopify.graphql(list, { url, topics: ['CUSTOMERS_UPDATE'] });
  expect(nodesOf(listed, 'webhookSubscriptions')).toEqual([node]);
  expect(nodesOf(await shopify.graphql(list, { url: `${url}/x` }), 'webhookSubscriptions')).toEqual([]);
  await shopify.api('PUT', `${base}/customers/${customerId(1)}.json`, { customer: { note: 'new' } });
  await expect.poll(() => receiver.posts.length, { timeout: 5000 }).toBe(1);
  expect(receiver.posts[0]?.headers['x-shopify-api-version']).toBe('2026-07');
  const id = String(nodesOf(listed, 'webhookSubscriptions')[0]?.id);
  expect((await shopify.graphql(remove, { id })).json).toMatchObject({
    data: { webhookSubscriptionDelete: { deletedWebhookSubscriptionId: id, userErrors: [] } },
  });
  expect((await shopify.graphql(remove, { id })).json).toMatchObject({
    data: {
      webhookSubscriptionDelete: {
        deletedWebhookSubscriptionId: null,
        userErrors: [{ message: 'Webhook subscription does not exist' }],
      },
    },
  });
});

test('REST lists those of an address and a topic, and knows only the topics that there are', async () => {
  const shopify = await openShopify();
  const address = 'http://127.0.0.1:9/x';
  const post = (topic: string) => shopify.api('POST', `${base}/webhooks.json`, { webhook: { topic, address } });
  for (const topic of ['orders/create', 'orders/updated', 'products/delete'])
    expect((await post(topic)).status).toBe(201);
  expect((await post('orders/update')).status).toBe(422);
  const topicsOf = async (query: string) =>
    listOf(await shopify.api('GET', `${base}/webhooks.json?${query}`), 'webhooks').map(({ topic }) => topic);
  expect(await topicsOf(`address=${encodeURIComponent(address)}&topic=orders%2Fupdated`)).toEqual(['orders/updated']);
  expect(await topicsOf('limit=2')).toEqual(['orders/create', 'orders/updated']);
  expect(await topicsOf('address=http://127.0.0.1:9/')).toEqual([]);
});

test('a subscription needs the scope to read what it tells of', async () => {
  const shopify = await openShopify();
  const token = await limitedToken(shopify.origin, 'read_products');
  const address = 'http://127.0.0.1:9/x';
  const headers = { 'x-shopify-access-token': token };
  const webhook = { topic: 'orders/create', address };
  const refused = await shopify.api('POST', `${base}/webhooks.json`, { webhook }, headers);
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('read_orders')]);
  const variables = { topic: 'ORDERS_CREATE', url: address };
  const denied = await shopify.api('POST', `${base}/graphql.json`, { query: create, variables }, headers);
  expect(denied.json).toMatchObject({ errors: [{ extensions: { code: 'ACCESS_DENIED' } }] });
  const allowed = { topic: 'products/create', address };
  expect((await shopify.api('POST', `${base}/webhooks.json`, { webhook: allowed }, headers)).status).toBe(201);
});
