import { expect, test } from 'vitest';
import { sign } from '../../../src/sandbox/shopify/webhook.ts';
import { openReceiver } from '../receiver.ts';
import { base, customerId, openShopify } from './shopify-client.ts';

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
