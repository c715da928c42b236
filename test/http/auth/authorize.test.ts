import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Authorize } from '../../../src/definition/connector.ts';
import { compileAssertion } from '../../../src/http/auth/assertion.ts';
import { authorizeUrl, isCallbackSigned } from '../../../src/http/auth/authorize.ts';

const authorize: Authorize = {
  url: '{settings.loginUrl}/authorize',
  params: { client_id: '{credentials.clientId}' },
  scopes: ['a', 'b'],
  pkce: true,
  signature: { parameter: 'hmac', key: '{credentials.clientSecret}' },
  exchange: { url: '{settings.loginUrl}/token' },
};
const account = {
  settings: { loginUrl: 'https://login.example.com' },
  credentials: { clientId: 'id', clientSecret: 'shpss_secret' },
};

it('asks with a challenge, and never with a secret', () => {
  const asking = { redirectUri: 'https://hook.example.com/cb', state: 's&1', codeVerifier: 'v'.repeat(43) };
  const url = authorizeUrl(authorize, account, asking);
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    client_id: 'id',
    response_type: 'code',
    redirect_uri: 'https://hook.example.com/cb',
    state: 's&1',
    scope: 'a b',
    code_challenge: createHash('sha256').update(asking.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  expect(url).not.toContain(asking.codeVerifier);
  expect(url).not.toContain('shpss_secret');
});

it('takes only a callback whose query is signed', () => {
  const query = {
    code: '0907a61c0c8d55e99db179b68161bc00',
    host: 'c2hvcC5teXNob3BpZnkuY29tL2FkbWlu',
    shop: 'acme-dev.myshopify.com',
    state: '0.6784241404160823',
    timestamp: '1793491200',
    hmac: '139c6f539c93aaf64412c594d9cc0f0766a5ad6bfe0245ff652b2c4a036c5419',
  };
  expect(isCallbackSigned(authorize, query, account)).toBe(true);
  expect(isCallbackSigned(authorize, { ...query, shop: 'evil.example.com' }, account)).toBe(false);
  expect(isCallbackSigned(authorize, { ...query, hmac: '' }, account)).toBe(false);
});

it('signs an assertion that the public key verifies; a key that is none is not quoted', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const definition = {
    algorithm: 'RS256' as const,
    key: '{credentials.key}',
    claims: { iss: '{credentials.clientId}' },
  };
  const make = compileAssertion(definition, () => 1_000_000);
  const [head = '', claims = '', signature = ''] = (await make({ credentials: { key, clientId: 'id' } })).split('.');
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: 'id', iat: 1000, exp: 1180 });
  const refused = make({ credentials: { key: 'no-key-5f3c' } });
  await expect(refused).rejects.toMatchObject({ code: 'credentials-refused' });
  await expect(refused).rejects.not.toThrow(/5f3c/);
});
