import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
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

const rsaPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ecPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe.each(['RS256', 'ES256'] as const)('an assertion by %s', (algorithm) => {
  const pair = algorithm === 'RS256' ? rsaPair : ecPair;
  const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const make = compileAssertion(
    {
      algorithm,
      key: '{credentials.key}',
      claims: { iss: '{credentials.clientId}', aud: 'https://login.example.com' },
    },
    () => 1_000_000,
  );
  const madeWith = (key: string) => make({ credentials: { key, clientId: 'id' } });
  const decode = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

  it('is verified by the public key, and by no other', async () => {
    const { privateKey, publicKey } = pair();
    const [head, claims, signature = ''] = (await madeWith(pemOf(privateKey))).split('.');
    const isBy = (key: KeyObject): boolean =>
      // JWS has the two numbers of an ECDSA signature one after the other (RFC 7518 §3.4).
      verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
    expect(isBy(publicKey)).toBe(true);
    expect(isBy(pair().publicKey)).toBe(false);
    expect(decode(head)).toEqual({ alg: algorithm });
    expect(decode(claims)).toMatchObject({ iss: 'id', aud: 'https://login.example.com', iat: 1000, exp: 1180 });
  });

  it('is another each time, from a key with its line breaks written out too', async () => {
    const pem = pemOf(pair().privateKey);
    const [first, second] = [await madeWith(pem), await madeWith(pem.replaceAll('\n', '\\n'))];
    const [one, two] = [first, second].map((text) => decode(text.split('.')[1]) as { jti: string });
    expect(one?.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(one?.jti).not.toBe(two?.jti);
  });

  it('is not made with a key that is none or of another kind, which is not quoted', async () => {
    const wrong = (algorithm === 'RS256' ? ecPair() : rsaPair()).privateKey;
    for (const key of ['no-key-5f3c', pemOf(wrong), '']) {
      const refused: unknown = await madeWith(key).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'credentials-refused', message: expect.stringContaining(algorithm) });
      if (key !== '') expect(`${String(refused)}${JSON.stringify(refused)}`).not.toContain(key.trim().slice(-40));
    }
  });
});
