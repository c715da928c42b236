/**
 * Three that must agree on every signature: the vendor's own library, its sandbox here, and the connector. What one signs the
 * others take, and with one byte changed none does.
 */
import '@shopify/shopify-api/adapters/node';
import { createHmac } from 'node:crypto';
import { Signature } from '@hubspot/api-client';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import { createSHA256HMAC } from '@shopify/shopify-api/runtime';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadCases } from '../../src/connector/case.ts';
import type { InboundWay } from '../../src/connector/inbound.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { openHubspot } from '../sandbox/hubspot/hubspot-client.ts';
import { openReceiver, type Received } from '../sandbox/receiver.ts';
import { startMs } from '../sandbox/sandbox-client.ts';
import { customerId, openShopify, base as shopifyBase } from '../sandbox/shopify/shopify-client.ts';

const { connectors, files } = await loadConnectors();

function wayOf(key: string, name: string): InboundWay {
  const way = connectors.get(key)?.inbound.get(name);
  if (way === undefined) throw new Error(`no way ${name} of ${key}`);
  return way;
}

/** Posts of the vendor, and who judges them. */
type Judge = (post: Received) => Promise<boolean>;

const connectorJudge =
  (way: InboundWay, secret: string, nowMs: number): Judge =>
  async ({ url, headers, body }) => {
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const request = { method: 'POST', url, headers: lists, body: Buffer.from(body) };
    const received = await receiveInbound(way, request, { secrets: [secret], settings: {}, nowMs });
    return received.kind === 'events';
  };

const hubspotLibrary =
  (clientSecret: string): Judge =>
  async ({ url, headers, body: requestBody }) => {
    const signature = headers['x-hubspot-signature-v3'] ?? '';
    const timestamp = Number(headers['x-hubspot-request-timestamp']);
    const given = { signature, clientSecret, requestBody, url, timestamp, signatureVersion: 'v3', method: 'POST' };
    return Signature.isValid(given);
  };

function shopifyLibrary(apiSecretKey: string): Judge {
  const { webhooks } = shopifyApi({
    apiKey: 'sandbox-client',
    apiSecretKey,
    hostName: 'app.example.test',
    apiVersion: ApiVersion.July26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });
  return async ({ headers, body }) => {
    const rawRequest = { method: 'POST', url: '/', headers };
    return (await webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid;
  };
}

/** The post with each byte of its body, signature and, where there is one, signed time changed, one at a time. */
function* changedPosts(post: Received, names: readonly string[]): Generator<Received> {
  for (const body of changedTexts(post.body)) yield { ...post, body };
  for (const name of names)
    for (const value of changedTexts(post.headers[name] ?? ''))
      yield { ...post, headers: { ...post.headers, [name]: value } };
}

/** Digits stay digits and letters letters, so that what is refused is not refused for its form. */
function* changedTexts(text: string): Generator<string> {
  for (const [at, character] of [...text].entries()) {
    const other = /[0-9]/.test(character) ? String((Number(character) + 1) % 10) : character === 'x' ? 'y' : 'x';
    yield `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
  }
}

async function expectAgreement(post: Received, judges: readonly Judge[], signed: readonly string[]): Promise<void> {
  for (const judge of judges) {
    expect(await judge(post)).toBe(true);
    let count = 0;
    for (const changed of changedPosts(post, signed)) {
      count += 1;
      expect(await judge(changed), JSON.stringify(changed)).toBe(false);
    }
    expect(count).toBeGreaterThan(100);
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

// The libraries read the clock themselves.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('hubspot', () => {
  const way = wayOf('hubspot', 'events');
  const signature = 'x-hubspot-signature-v3';

  test('what the sandbox sends, library and connector take; not with a byte changed', async () => {
    const receiver = await openReceiver();
    const sandbox = await openHubspot();
    const app = '/webhooks/v3/1160452';
    const key = 'hapikey=sandbox-developer-key';
    await sandbox.call('PUT', `${app}/settings?${key}`, { targetUrl: `${receiver.origin}/hubspot?tenant=42` });
    await sandbox.call('POST', `${app}/subscriptions?${key}`, { eventType: 'contact.creation', active: true });
    await sandbox.call('POST', '/_sandbox/edit', { object: 'contacts', action: 'create' });
    await expect.poll(() => receiver.posts.length, { timeout: 5000 }).toBe(1);
    const [post] = receiver.posts;
    if (post === undefined) throw new TypeError();
    const judges = [hubspotLibrary('sandbox-secret'), connectorJudge(way, 'sandbox-secret', startMs)];
    await expectAgreement(post, judges, [signature]);
    for (const judge of judges) {
      const url = post.url.replace('42', '43');
      expect([await judge({ ...post, url }), await judge({ ...post, url: `${post.url}0` })]).toEqual([false, false]);
      const later = String(startMs + 1);
      expect(await judge({ ...post, headers: { ...post.headers, 'x-hubspot-request-timestamp': later } })).toBe(false);
    }
    for (const other of [hubspotLibrary('sandbox-secret2'), connectorJudge(way, 'sandbox-secret2', startMs)])
      expect(await other(post)).toBe(false);
  });

  test('what the library signs, the connector takes; not with a byte changed', async () => {
    const url = 'https://hooks.example.test/v1/inbound/hubspot/events?a=%2Fb';
    const body = JSON.stringify([{ eventId: 1, subscriptionId: 2, portalId: 3, subscriptionType: 'contact.creation' }]);
    const parts = { clientSecret: 'sandbox-secret', requestBody: body, url, timestamp: startMs, signature: '' };
    const headers = {
      [signature]: Signature.getSignature('POST', 'v3', parts),
      'x-hubspot-request-timestamp': String(startMs),
    };
    await expectAgreement({ url, headers, body }, [connectorJudge(way, 'sandbox-secret', startMs)], [signature]);
  });

  test('the signed requests of its cases are real', async () => {
    const { webhooks } = await loadCases(files.get('hubspot') ?? '');
    expect(webhooks.length).toBeGreaterThan(0);
    for (const { case: written } of webhooks) {
      const { url, headers = {}, body = '', receivedAt } = written.request;
      vi.setSystemTime(Date.parse(receivedAt));
      // The library signs a URL as it is called; the vendor's page has twelve escapes of the query undone.
      const signed = url.replaceAll('%2F', '/');
      expect(
        await hubspotLibrary(written.credentials?.['clientSecret'] ?? '')({
          url: signed,
          headers: lowerCase(headers),
          body,
        }),
      ).toBe(true);
    }
  });
});

describe.each(['shopify', 'shopify-graphql'])('%s', (key) => {
  const way = wayOf(key, 'events');
  const signature = 'x-shopify-hmac-sha256';
  const note = 'Rings twice; leaves parcels with the neighbour — größer als gedacht, and a good deal heavier.';

  test('what the sandbox sends, library and connector take; not with a byte changed', async () => {
    const receiver = await openReceiver();
    const sandbox = await openShopify();
    const webhook = { topic: 'customers/update', address: receiver.origin, format: 'json', fields: ['id', 'note'] };
    expect((await sandbox.api('POST', `${shopifyBase}/webhooks.json`, { webhook })).status).toBe(201);
    await sandbox.api('PUT', `${shopifyBase}/customers/${customerId(1)}.json`, { customer: { note } });
    await expect.poll(() => receiver.posts.length, { timeout: 5000 }).toBe(1);
    const [post] = receiver.posts;
    if (post === undefined) throw new TypeError();
    const judges = [shopifyLibrary('sandbox-secret'), connectorJudge(way, 'sandbox-secret', startMs)];
    await expectAgreement(post, judges, [signature]);
    for (const other of [shopifyLibrary('sandbox-secret2'), connectorJudge(way, 'sandbox-secret2', startMs)])
      expect(await other(post)).toBe(false);
  });

  test('what the library signs, the connector takes; not with a byte changed', async () => {
    const body = JSON.stringify({ id: 7, note });
    const headers = {
      [signature]: await createSHA256HMAC('sandbox-secret', body),
      'x-shopify-topic': 'customers/update',
    };
    const post = { url: 'https://hooks.example.test/', headers, body };
    await expectAgreement(post, [connectorJudge(way, 'sandbox-secret', startMs)], [signature]);
  });

  test('the signed requests of its cases are real', async () => {
    const { webhooks } = await loadCases(files.get(key) ?? '');
    expect(webhooks.length).toBeGreaterThan(0);
    for (const { case: written } of webhooks) {
      const { url, headers = {}, body = '' } = written.request;
      // While a secret is rotated, the one before it signs.
      const { clientSecret = '', previousClientSecret = clientSecret } = written.credentials ?? {};
      const judge = shopifyLibrary(previousClientSecret);
      expect(await judge({ url, headers: lowerCase(headers), body })).toBe(true);
    }
  });
});

test('the signed requests of the cases of quickbooks, whose vendor has no library that verifies, are real', async () => {
  const { webhooks } = await loadCases(files.get('quickbooks') ?? '');
  expect(webhooks.length).toBeGreaterThan(0);
  for (const { case: written } of webhooks) {
    const { headers = {}, body = '' } = written.request;
    const key = written.credentials?.['verifierToken'] ?? '';
    expect(headers['intuit-signature']).toBe(createHmac('sha256', key).update(body).digest('base64'));
  }
});
