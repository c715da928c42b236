/** A code turned into credentials, against a real token endpoint that checks what RFC 6749 and RFC 7636 ask of it. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Authorize } from '../../../src/definition/connector.ts';
import { compileAddressRules } from '../../../src/http/address-rules.ts';
import { authorizeUrl, type ExchangeContext, exchangeCode } from '../../../src/http/auth/authorize.ts';
import { sendJson, startVendor, type VendorServer } from '../vendor-server.ts';

const redirectUri = 'https://hooks.example.com/v1/oauth/callback';
const codeVerifier = 'dBjftJeZ4CVP-mBqjs9Kqz0LvGTRR3cFLuSp7Jb1Ojw';
const context: ExchangeContext = {
  addressRules: compileAddressRules(['127.0.0.1']).rules,
  now: () => Date.now(),
  userAgent: 'anyhook/test',
  http: { baseUrl: '{settings.loginUrl}' },
};
const definition: Authorize = {
  url: '{settings.loginUrl}/authorize',
  params: { client_id: '{credentials.clientId}' },
  pkce: true,
  exchange: {
    url: '{settings.loginUrl}/token',
    form: {
      grant_type: 'authorization_code',
      client_id: '{credentials.clientId}',
      client_secret: '{credentials.clientSecret}',
      code: '{code}',
      redirect_uri: '{redirectUri}',
      code_verifier: '{codeVerifier}',
    },
    rotates: { refreshToken: 'refresh_token' },
  },
};

let server: VendorServer;
/** Codes that were given and not used yet, with the challenge of each. */
let codes: Map<string, string>;
let answer: object;
beforeEach(async () => {
  codes = new Map();
  answer = { access_token: 'a', refresh_token: 'r1' };
  server = await startVendor(({ text }, response) => {
    const form = Object.fromEntries(new URLSearchParams(text));
    const challenge = codes.get(form['code'] ?? '');
    codes.delete(form['code'] ?? '');
    const shown = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    const isGood = challenge === shown && form['redirect_uri'] === redirectUri && form['client_secret'] === 'secret-9';
    if (!isGood) return sendJson(response, 400, { error: 'invalid_grant', error_description: `no: ${text}` });
    return sendJson(response, 200, answer);
  });
});
afterEach(() => server.close());

const account = () => ({
  settings: { loginUrl: server.origin },
  credentials: { clientId: 'id', clientSecret: 'secret-9' },
});
/** Goes to the page, where the vendor keeps the challenge with the code that it gives. */
function consent(code: string): void {
  const url = new URL(authorizeUrl(definition, account(), { redirectUri, state: 's', codeVerifier }));
  codes.set(code, url.searchParams.get('code_challenge') ?? '');
}
const exchange = (given: Partial<{ code: string; redirectUri: string; codeVerifier: string }> = {}) =>
  exchangeCode(definition, account(), { code: 'c1', redirectUri, codeVerifier, ...given }, context);

it('gives what the answer tells of the account, as text, and no more than is there', async () => {
  consent('c1');
  answer = { access_token: 'a', refresh_token: 'r1', hub: { id: 62515 }, admin: null };
  const telling = { ...definition, tells: { portalId: 'hub.id', admin: 'admin', region: 'region' } };
  const given = { code: 'c1', redirectUri, codeVerifier };
  expect(await exchangeCode(telling, account(), given, context)).toMatchObject({ settings: { portalId: '62515' } });
});

it('sends the verifier of the challenge, and gives what the vendor will go on with', async () => {
  consent('c1');
  expect(await exchange()).toEqual({ credentials: { refreshToken: 'r1' }, settings: {} });
  expect(Object.fromEntries(new URLSearchParams(server.received[0]?.text))).toMatchObject({
    code_verifier: codeVerifier,
  });
});

it.each([
  ['another verifier', { codeVerifier: 'x'.repeat(43) }],
  ['no verifier', { codeVerifier: '' }],
  ['another code', { code: 'guessed' }],
  ['another redirect URI', { redirectUri: 'https://evil.example/cb' }],
])('is refused with %s, once, and shows no secret', async (_, given) => {
  consent('c1');
  const refusal: unknown = await exchange(given).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'credentials-refused', retryable: false });
  expect(server.received).toHaveLength(1);
  for (const secret of ['secret-9', codeVerifier])
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain(secret);
});

it('is refused when a code comes again', async () => {
  consent('c1');
  await exchange();
  await expect(exchange()).rejects.toMatchObject({ code: 'credentials-refused' });
});

it('says what is missing where the vendor gives nothing to go on with', async () => {
  consent('c1');
  answer = { access_token: 'a' };
  await expect(exchange()).rejects.toMatchObject({
    code: 'vendor-answer-unreadable',
    help: expect.stringContaining('offline access'),
  });
});

it('takes the connector’s words for what the endpoint says', async () => {
  const http = {
    ...context.http,
    errors: [{ path: 'error', equals: 'invalid_grant', failure: 'credentials-refused' as const, help: 'Look there.' }],
  };
  const given = { code: 'c1', redirectUri, codeVerifier };
  await expect(exchangeCode(definition, account(), given, { ...context, http })).rejects.toMatchObject({
    help: 'Look there.',
  });
});
