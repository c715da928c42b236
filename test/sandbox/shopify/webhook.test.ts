import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Refusal } from '../../../src/sandbox/answer.ts';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import {
  createByGraphql,
  deleteByGraphql,
  listWebhooks,
  makeWebhooks,
  register,
  sign,
} from '../../../src/sandbox/shopify/webhook.ts';
import { addWebhookPaths } from '../../../src/sandbox/shopify/webhook-routes.ts';
import { SubscriptionBook } from '../../../src/sandbox/subscriptions.ts';
import { openNotifier } from '../notifier-bench.ts';
import { openReceiver, type Received } from '../receiver.ts';
import { startMs } from '../sandbox-client.ts';

const webhooks = makeWebhooks({
  shop: 'sandbox-store.myshopify.com',
  clientSecret: 'sandbox-secret',
  render: JSON.stringify,
});

const library = shopifyApi({
  apiKey: 'sandbox-client',
  apiSecretKey: 'sandbox-secret',
  hostName: 'app.example.test',
  apiVersion: ApiVersion.July26,
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});

/** What the vendor's own library says of a post. */
async function judge({ headers, body }: Received) {
  const rawRequest = { method: 'POST', url: '/', headers };
  return library.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} });
}

test('the signature is that of the published values', () => {
  expect(sign('shpss_secret', '{"id":788032119674292922}')).toBe('xNDLaBBp2BfDCpLGRriDpfDMcCJ3XJzND74fkYzkXsE=');
});

const draft = { topic: 'orders/create', fields: [], apiVersion: '2026-07' };
const change = {
  object: 'orders',
  id: '1',
  before: undefined,
  after: { id: 1, name: '#1001' },
  atMs: startMs,
} as const;

describe('a post', () => {
  test('is the resource, and passes the vendor’s own library unless it is forged or changed', async () => {
    const receiver = await openReceiver();
    const { notifier } = openNotifier(webhooks);
    register(notifier.subscriptions, { ...draft, address: receiver.origin });
    notifier.take({ kind: 'create', ...change }, startMs);
    notifier.take({ kind: 'update', ...change }, startMs);
    await notifier.idle();
    expect(receiver.posts).toHaveLength(1);
    const [post] = receiver.posts;
    if (post === undefined) throw new TypeError();
    expect(JSON.parse(post.body)).toEqual(change.after);
    expect(await judge(post)).toMatchObject({
      valid: true,
      topic: 'ORDERS_CREATE',
      domain: 'sandbox-store.myshopify.com',
      apiVersion: '2026-07',
    });
    expect(await judge({ ...post, body: `${post.body} ` })).toMatchObject({ valid: false, reason: 'invalid_hmac' });
    const { notifier: forger } = openNotifier(webhooks, { webhookForgeRate: 1 });
    register(forger.subscriptions, { ...draft, address: receiver.origin });
    forger.take({ kind: 'create', ...change }, startMs);
    await forger.idle();
    expect(await judge(receiver.posts[1] ?? post)).toMatchObject({ valid: false });
  });

  test('of a delete has only the id; one with fields has only those', async () => {
    const receiver = await openReceiver();
    const { notifier } = openNotifier(webhooks);
    register(notifier.subscriptions, { ...draft, topic: 'orders/delete', address: receiver.origin });
    register(notifier.subscriptions, { ...draft, topic: 'orders/updated', fields: ['name'], address: receiver.origin });
    notifier.take({ kind: 'delete', ...change }, startMs);
    notifier.take({ kind: 'update', ...change }, startMs);
    await notifier.idle();
    expect(receiver.posts.map(({ body }) => JSON.parse(body)).toSorted()).toEqual([{ id: 1 }, { name: '#1001' }]);
  });

  test('is tried eight times more within four hours, with one webhook id; then the subscription is gone', async () => {
    const receiver = await openReceiver(() => ({ status: 500 }));
    const { notifier, clock } = openNotifier(webhooks);
    register(notifier.subscriptions, { ...draft, address: receiver.origin });
    notifier.take({ kind: 'create', ...change }, startMs);
    for (let minute = 0; minute < 240; minute += 1) {
      await notifier.idle();
      clock.ms += 60_000;
    }
    expect(receiver.posts).toHaveLength(9);
    expect(new Set(receiver.posts.map(({ headers }) => headers['x-shopify-webhook-id'])).size).toBe(1);
    expect(notifier.subscriptions.list()).toEqual([]);
    notifier.take({ kind: 'create', ...change }, clock.ms);
    expect(notifier.waiting).toBe(0);
  });
});

describe('registration', () => {
  test('over REST: made, listed, refused twice, deleted', async () => {
    const book = new SubscriptionBook({ now: () => startMs });
    const api = fastify();
    onTestFinished(() => api.close());
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    api.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof Refusal) await reply.code(error.answer.status).send(error.answer.body);
      else throw error;
    });
    addWebhookPaths(
      api,
      book,
      (reason) => ({ status: 400, body: { errors: reason } }),
      () => undefined,
    );
    const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, webhook?: object) => {
      const url = `/admin/api/2026-07/${path}`;
      const headers = { 'content-type': 'application/json' };
      const sent = webhook === undefined ? {} : { headers, payload: JSON.stringify({ webhook }) };
      const answer = await api.inject({ method, url, ...sent });
      return { status: answer.statusCode, json: answer.json() };
    };
    const webhook = { topic: 'orders/create', address: 'http://127.0.0.1:9/x', format: 'json' };
    const made = await call('POST', 'webhooks.json', webhook);
    expect(made).toMatchObject({
      status: 201,
      json: { webhook: { id: 1_047_897_672, ...webhook, api_version: '2026-07' } },
    });
    expect(await call('POST', 'webhooks.json', webhook)).toEqual({
      status: 422,
      json: { errors: { address: ['for this topic has already been taken'] } },
    });
    expect((await call('POST', 'webhooks.json', { ...webhook, topic: 'wombats/create' })).status).toBe(422);
    expect((await call('POST', 'webhooks.json', { ...webhook, address: 'https://x.example.test/' })).status).toBe(422);
    expect(await call('GET', 'webhooks.json')).toMatchObject({ json: { webhooks: [{ topic: 'orders/create' }] } });
    expect((await call('GET', 'webhooks/1047897672.json')).status).toBe(200);
    expect(await call('DELETE', 'webhooks/1047897672.json')).toEqual({ status: 200, json: {} });
    expect((await call('DELETE', 'webhooks/1047897672.json')).status).toBe(404);
  });

  test('over GraphQL: made, refused twice, deleted', () => {
    const book = new SubscriptionBook({ now: () => startMs });
    const given = {
      topic: 'ORDERS_UPDATED',
      webhookSubscription: { uri: 'http://127.0.0.1:9/x', format: 'JSON', includeFields: ['id'] },
    };
    const id = 'gid://shopify/WebhookSubscription/1047897672';
    expect(createByGraphql(book, given, '2026-07')).toEqual({ webhookSubscription: { id }, userErrors: [] });
    expect(book.list()).toMatchObject([{ settings: { topic: 'orders/updated', fields: ['id'] } }]);
    expect(createByGraphql(book, given, '2026-07')).toMatchObject({
      webhookSubscription: null,
      userErrors: [{ message: 'Address for this topic has already been taken' }],
    });
    expect(createByGraphql(book, { topic: 'WOMBATS_CREATE' }, '2026-07')).toMatchObject({
      userErrors: [{ field: ['topic'] }],
    });
    expect(deleteByGraphql(book, id)).toEqual({ deletedWebhookSubscriptionId: id, userErrors: [] });
    expect(deleteByGraphql(book, id)).toMatchObject({ deletedWebhookSubscriptionId: null });
  });
});

describe('Events of the app’s file', () => {
  const id = '788032119674292922';
  const product = { ...change, object: 'products', id, before: { id, title: 'Bell' }, after: { id, title: 'Horn' } };
  const subscribe = (given: JsonObject) => {
    const settings = webhooks.portal?.check(given);
    if (settings === undefined || typeof settings === 'string') throw new TypeError(String(settings));
    return { settings, isActive: true };
  };

  test('say what changed, and pass the vendor’s own library unless they are forged or changed', async () => {
    const receiver = await openReceiver();
    const { notifier } = openNotifier(webhooks);
    notifier.subscriptions.add({ ...subscribe({ topic: 'Product', handle: 'stock' }), url: receiver.origin });
    notifier.take({ kind: 'update', ...product }, startMs);
    notifier.take({ kind: 'update', ...change }, startMs);
    await notifier.idle();
    expect(receiver.posts).toHaveLength(1);
    const [post] = receiver.posts;
    if (post === undefined) throw new TypeError();
    const gid = `gid://shopify/Product/${id}`;
    expect(JSON.parse(post.body)).toEqual({
      topic: 'Product',
      action: 'update',
      handle: 'stock',
      fields_changed: { added: [], updated: [`product[id: '${gid}'].title`], removed: [] },
      query_variables: { productId: gid },
    });
    expect(await judge(post)).toMatchObject({
      valid: true,
      webhookType: 'events',
      domain: 'sandbox-store.myshopify.com',
      handle: 'stock',
      action: 'update',
      resourceId: gid,
    });
    expect(await judge({ ...post, body: `${post.body} ` })).toMatchObject({ valid: false, reason: 'invalid_hmac' });
    const { notifier: forger } = openNotifier(webhooks, { webhookForgeRate: 1 });
    forger.subscriptions.add({ ...subscribe({ topic: 'Product' }), url: receiver.origin });
    forger.take({ kind: 'delete', ...product }, startMs);
    await forger.idle();
    expect(await judge(receiver.posts[1] ?? post)).toMatchObject({ valid: false });
  });

  test('come for the actions that were asked for', async () => {
    const receiver = await openReceiver();
    const { notifier } = openNotifier(webhooks);
    const given = { topic: 'Product', actions: ['create', 'delete'] };
    notifier.subscriptions.add({ ...subscribe(given), url: receiver.origin });
    for (const kind of ['create', 'update', 'delete'] as const) notifier.take({ kind, ...product }, startMs);
    await notifier.idle();
    expect(receiver.posts.map(({ headers }) => headers['shopify-action']).toSorted()).toEqual(['create', 'delete']);
  });

  test('are told for as long as the file says so, whatever the receiver answers', async () => {
    const receiver = await openReceiver(() => ({ status: 500 }));
    const { notifier, clock } = openNotifier(webhooks);
    notifier.subscriptions.add({ ...subscribe({ topic: 'Product' }), url: receiver.origin });
    notifier.take({ kind: 'create', ...product }, startMs);
    for (let minute = 0; minute < 240; minute += 1) {
      await notifier.idle();
      clock.ms += 60_000;
    }
    expect(receiver.posts).toHaveLength(9);
    expect(notifier.subscriptions.list()).toHaveLength(1);
  });

  test('are no subscriptions that an API lists, deletes, or takes for its own', () => {
    const book = new SubscriptionBook({ now: () => startMs });
    const url = 'http://127.0.0.1:9/x';
    const { serial } = book.add({ ...subscribe({ topic: 'Order' }), url });
    expect(listWebhooks(book, {})).toEqual([]);
    expect(deleteByGraphql(book, `gid://shopify/WebhookSubscription/${1_047_897_671 + serial}`)).toMatchObject({
      deletedWebhookSubscriptionId: null,
    });
    expect(register(book, { ...draft, address: url })).toHaveProperty('subscription');
    expect(listWebhooks(book, {})).toMatchObject([{ topic: 'orders/create' }]);
  });

  test.each([
    [{}, '"topic"'],
    [{ topic: 'orders/create' }, '"topic"'],
    [{ topic: 'Order', handle: 'Not a handle' }, '"handle"'],
    [{ topic: 'Order', actions: [] }, '"actions"'],
    [{ topic: 'Order', actions: ['paint'] }, '"actions"'],
    [{ topic: 'Order', actions: 'create' }, '"actions"'],
  ])('%j says what is wrong with it', (given, name) => {
    expect(webhooks.portal?.check(given)).toContain(name);
  });
});
