import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { describe, expect, test } from 'vitest';
import { signCallback } from '../../../src/sandbox/shopify/oauth.ts';
import { dig, openSandbox, type Reply, type SandboxClient, startMs } from '../sandbox-client.ts';
import { base } from './shopify-client.ts';

const app = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
const tokenPath = '/admin/oauth/access_token';

const open = (): Promise<SandboxClient> => openSandbox('shopify');
const ask = (shopify: SandboxClient, token: unknown, path = `${base}/customers/count.json`): Promise<Reply> =>
  shopify.call('GET', path, undefined, { 'x-shopify-access-token': String(token) });

/** What a person at the consent page sends. */
async function install(shopify: SandboxClient, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  const form = {
    client_id: app.client_id,
    redirect_uri: 'https://app.example/back?tenant=7',
    state: 'a b&c=é',
    ...fields,
  };
  return fetch(`${shopify.origin}/admin/oauth/authorize`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
}

async function codeFor(shopify: SandboxClient, scope = 'read_customers'): Promise<string> {
  const { headers } = await install(shopify, { scope });
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

describe('the consent page', () => {
  test('shows what the app asks for and does nothing by itself', async () => {
    const shopify = await open();
    const query = new URLSearchParams({
      client_id: app.client_id,
      redirect_uri: 'https://app.example/"><b>',
      scope: 'read_orders,read_products',
    });
    const page = await shopify.call('GET', `/admin/oauth/authorize?${query}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<code>read_orders</code>');
    expect(page.text).toContain('https://app.example/&quot;&gt;&lt;b&gt;');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test.each([
    [{ client_id: 'other' }, 'api_key other'],
    [{ redirect_uri: 'javascript:alert(1)' }, 'redirect_uri'],
    [{ redirect_uri: '/relative' }, 'redirect_uri'],
    [{ scope: 'read_everything' }, 'invalid_scope'],
  ])('refuses %j', async (fields, problem) => {
    const shopify = await open();
    const reply = await install(shopify, fields);
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain(problem);
  });

  test('sends the browser back with a code, signed as the vendor’s own test vector is', async () => {
    const vector = {
      code: '0907a61c0c8d55e99db179b68161bc00',
      host: 'c2hvcC5teXNob3BpZnkuY29tL2FkbWlu',
      shop: 'acme-dev.myshopify.com',
      state: '0.6784241404160823',
      timestamp: '1793491200',
    };
    const expected = '139c6f539c93aaf64412c594d9cc0f0766a5ad6bfe0245ff652b2c4a036c5419';
    expect(signCallback(vector, 'shpss_secret')).toBe(expected);
    expect(
      signCallback(Object.fromEntries(Object.entries({ hmac: expected, ...vector }).toReversed()), 'shpss_secret'),
    ).toBe(expected);

    const shopify = await open();
    const reply = await install(shopify);
    expect(reply.status).toBe(302);
    const { tenant, hmac, ...signed } = Object.fromEntries(new URL(reply.headers.get('location') ?? '').searchParams);
    expect(tenant).toBe('7');
    expect(signed).toEqual({
      code: expect.stringMatching(/^[0-9a-z]{32}$/),
      host: Buffer.from('sandbox-store.myshopify.com/admin').toString('base64').replace(/=+$/, ''),
      shop: 'sandbox-store.myshopify.com',
      state: 'a b&c=é',
      timestamp: String(Math.floor(startMs / 1000)),
    });
    expect(hmac).toBe(signCallback(signed, app.client_secret));
  });

  test('the vendor’s own library finds the callback genuine, and a changed one not', async () => {
    // The library knows no clock but the machine's.
    const shopify = await openSandbox('shopify', { clock: Date });
    const reply = await install(shopify, { redirect_uri: 'https://app.example/back' });
    const query = Object.fromEntries(new URL(reply.headers.get('location') ?? '').searchParams);
    const library = shopifyApi({
      apiKey: app.client_id,
      apiSecretKey: app.client_secret,
      apiVersion: ApiVersion.April26,
      hostName: 'app.example',
      isEmbeddedApp: false,
      logger: { log: () => undefined },
    });
    expect(await library.utils.validateHmac(query)).toBe(true);
    expect(await library.utils.validateHmac({ ...query, shop: 'other.myshopify.com' })).toBe(false);
    expect(library.utils.sanitizeShop(query.shop ?? '')).toBe(query.shop);
    expect(library.utils.sanitizeHost(query.host ?? '')).toBe(query.host);
  });
});

describe('the token endpoint', () => {
  test('a code gives a token that does not run out, once, from JSON or a form', async () => {
    const shopify = await open();
    const code = await codeFor(shopify);
    const made = await shopify.call('POST', tokenPath, { ...app, code });
    expect(made.json).toEqual({
      access_token: expect.stringMatching(/^shpat_[0-9A-Za-z]{32}$/),
      scope: 'read_customers',
    });
    expect(await shopify.call('POST', tokenPath, { ...app, code })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    });
    const form = await shopify.call(
      'POST',
      tokenPath,
      new URLSearchParams({ ...app, code: await codeFor(shopify), expiring: '0' }),
    );
    expect(form.json).not.toHaveProperty('expires_in');
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 400 * 86_400_000 });
    expect((await ask(shopify, dig(made.json, 'access_token'))).status).toBe(200);
    await shopify.call('PATCH', '/_sandbox/faults', { expireTokens: true });
    expect((await ask(shopify, dig(made.json, 'access_token'))).status).toBe(401);
  });

  test('a code is too old after ten minutes', async () => {
    const shopify = await open();
    const code = await codeFor(shopify);
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 600_000 });
    expect((await shopify.call('POST', tokenPath, { ...app, code })).status).toBe(400);
  });

  test('an expiring token lives an hour and is renewed by a refresh token that is replaced each time', async () => {
    const shopify = await open();
    const made = await shopify.call('POST', tokenPath, { ...app, code: await codeFor(shopify), expiring: '1' });
    expect(made.json).toEqual({
      access_token: expect.any(String),
      scope: 'read_customers',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^shprt_/),
      refresh_token_expires_in: 7_776_000,
    });
    const renew = (token: unknown): Promise<Reply> =>
      shopify.call('POST', tokenPath, { ...app, grant_type: 'refresh_token', refresh_token: token });
    const one = dig(made.json, 'refresh_token');
    const two = dig((await renew(one)).json, 'refresh_token');
    expect(two).not.toBe(one);
    // The answer may have been lost: the first one still works, until a second one has been used.
    const again = dig((await renew(one)).json, 'refresh_token');
    expect((await renew(again)).status).toBe(200);
    expect(await renew(one)).toMatchObject({
      status: 401,
      json: { error: 'invalid_request', error_description: 'This request requires an active refresh_token' },
    });
    // The access token before lives to its end.
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 3_599_999 });
    expect((await ask(shopify, dig(made.json, 'access_token'))).status).toBe(200);
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 1 });
    expect((await ask(shopify, dig(made.json, 'access_token'))).status).toBe(401);
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 90 * 86_400_000 });
    expect((await renew(two)).status).toBe(401);
  });

  test('the sandbox’s own refresh token and client credentials need no browser', async () => {
    const shopify = await openSandbox('shopify', { faults: { tokenLifeSeconds: 5 } });
    const renewed = await shopify.call('POST', tokenPath, {
      ...app,
      grant_type: 'refresh_token',
      refresh_token: 'shprt_sandbox',
    });
    const own = await shopify.call(
      'POST',
      tokenPath,
      new URLSearchParams({ ...app, grant_type: 'client_credentials' }),
    );
    expect(Object.keys(own.json ?? {})).toEqual(['access_token', 'scope', 'expires_in']);
    for (const { json } of [renewed, own]) {
      expect(json).toMatchObject({ expires_in: 5, scope: expect.stringContaining('read_all_orders') });
      expect((await ask(shopify, dig(json, 'access_token'))).status).toBe(200);
    }
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 5000 });
    expect((await ask(shopify, dig(own.json, 'access_token'))).status).toBe(401);
  });

  test.each([
    [{ client_id: 'other' }, 400, 'invalid_request'],
    [{ client_secret: 'other' }, 400, 'invalid_client'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token', refresh_token: 'other' }, 401, 'invalid_request'],
    [{ code: 'other' }, 400, 'invalid_request'],
    [{}, 400, 'invalid_request'],
  ])('%j is refused', async (fields, status, error) => {
    const shopify = await open();
    expect(await shopify.call('POST', tokenPath, { ...app, ...fields })).toMatchObject({
      status,
      json: { error, error_description: expect.any(String) },
    });
  });
});

describe('scopes', () => {
  test('refuse what was not granted, in words over REST and in errors at 200 over GraphQL', async () => {
    const shopify = await open();
    const made = await shopify.call('POST', tokenPath, { ...app, code: await codeFor(shopify, 'read_customers') });
    const headers = { 'x-shopify-access-token': String(dig(made.json, 'access_token')) };
    const refused = {
      status: 403,
      json: { errors: '[API] This action requires merchant approval for read_orders scope.' },
    };
    expect(await shopify.call('GET', `${base}/orders.json`, undefined, headers)).toMatchObject(refused);
    expect((await shopify.call('DELETE', `${base}/customers/1.json`, undefined, headers)).status).toBe(403);
    expect((await shopify.call('GET', `${base}/events.json`, undefined, headers)).json).toEqual({ events: [] });
    const query = await shopify.call(
      'POST',
      `${base}/graphql.json`,
      { query: '{ orders(first: 1) { nodes { id } } }' },
      headers,
    );
    expect(query).toMatchObject({
      status: 200,
      json: {
        data: null,
        errors: [
          { path: ['orders'], extensions: { code: 'ACCESS_DENIED', requiredAccess: '`read_orders` access scope.' } },
        ],
      },
    });
  });

  test('write means read, and read_orders alone shows sixty days', async () => {
    const shopify = await open();
    const made = await shopify.call('POST', tokenPath, {
      ...app,
      code: await codeFor(shopify, 'write_orders write_customers'),
    });
    const token = dig(made.json, 'access_token');
    expect((await ask(shopify, token)).json).toEqual({ count: 25 });
    await shopify.call('POST', '/_sandbox/clock', { advanceMs: 30 * 86_400_000 });
    const recent = dig((await ask(shopify, token, `${base}/orders/count.json?status=any`)).json, 'count');
    const every = dig((await ask(shopify, 'shpat_sandbox', `${base}/orders/count.json?status=any`)).json, 'count');
    expect(every).toBe(25);
    expect(recent).toBeGreaterThan(5);
    expect(recent).toBeLessThan(20);
  });
});
