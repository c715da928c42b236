/** Tokens and signatures with public keys, made by jose and node:crypto. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../src/inbound/request.ts';
import { verifyInbound } from '../../src/inbound/verify.ts';
import { asReceived, linkWay, lookUp, nowMs } from './vendors.ts';

const nowSeconds = nowMs / 1000;
const body = Buffer.from('{"id":1}');
const bodyHash = createHash('sha256').update(body).digest('hex');
const events = [{ object: "'contact'", objectId: 'id', change: "'updated'" }];
const wrong = new Refused('inbound-token-wrong');

describe('jwt', () => {
  const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
  const way = {
    name: 'jwt',
    auth: {
      kind: 'jwt',
      jwks: 'https://auth.example.com/keys',
      algorithms,
      token: { header: 'Authorization', prefix: 'Bearer ' },
      issuer: 'https://auth.example.com',
      audience: '{settings.account}',
      bodyClaim: { name: 'body_sha256', algorithm: 'sha256', encoding: 'hex' },
    },
    events,
  };
  const claims: JWTPayload = {
    iss: 'https://auth.example.com',
    aud: ['app-1', 'app-2'],
    exp: nowSeconds + 300,
    iat: nowSeconds,
    body_sha256: bodyHash,
  };

  async function token(algorithm: string, payload: JWTPayload, header: Readonly<Record<string, unknown>> = {}) {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const text = await new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, kid: 'k1', ...header })
      .sign(privateKey);
    const keySet = JSON.stringify({
      keys: [{ kty: 'odd' }, { ...(await exportJWK(publicKey)), kid: 'k1', alg: algorithm }],
    });
    return { text, keySet };
  }

  function verify(text: string, keySets: readonly string[], options: { body?: Buffer; account?: string } = {}) {
    const headers = { authorization: `Bearer ${text}` };
    const request = asReceived({ method: 'POST', url: '', headers, body: options.body ?? body });
    const settings = { account: options.account ?? 'app-2' };
    return verifyInbound(linkWay(way).way, request, { secrets: keySets, settings, nowMs });
  }

  test.each(algorithms)('%s', async (algorithm) => {
    const { text, keySet } = await token(algorithm, claims);
    expect(verify(text, ['{"keys":[]}', keySet])).toMatchObject({ secret: 1, body: { id: 1 } });
    for (const part of [0, 1, 2]) {
      const parts = text.split('.');
      parts[part] = `${parts[part]?.slice(0, -3)}${parts[part]?.endsWith('AAA') ? 'BBB' : 'AAA'}`;
      expect(verify(parts.join('.'), [keySet])).toEqual(wrong);
    }
    const other = await token(algorithm, claims);
    expect(verify(text, [other.keySet])).toEqual(wrong);
    expect(verify(text, [keySet], { body: Buffer.from('{"id":2}') })).toEqual(wrong);
  });

  test.each<[string, JWTPayload]>([
    ['over', { ...claims, exp: nowSeconds - 61 }],
    ['without an end', { ...claims, exp: undefined } as unknown as JWTPayload],
    ['not yet', { ...claims, nbf: nowSeconds + 61 }],
    ['of the future', { ...claims, iat: nowSeconds + 61 }],
    ['of another issuer', { ...claims, iss: 'https://evil.example.com' }],
    ['for another', { ...claims, aud: 'app-3' }],
    ['for nobody', { ...claims, aud: undefined } as unknown as JWTPayload],
    ['of another body', { ...claims, body_sha256: 'x' }],
    ['of no body', { ...claims, body_sha256: undefined } as unknown as JWTPayload],
  ])('%s is refused', async (_what, payload) => {
    const { text, keySet } = await token('ES256', payload);
    expect(verify(text, [keySet])).toEqual(wrong);
  });

  test('an algorithm that is not listed, none, or an extension is refused', async () => {
    const listed = await token('ES512', claims);
    expect(verify(listed.text, [listed.keySet])).toEqual(wrong);
    const none = [{ alg: 'none', kid: 'k1' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    expect(verify(`${none.join('.')}.`, [listed.keySet])).toEqual(wrong);
    const critical = await token('ES256', claims, { crit: ['b64'], b64: true });
    expect(verify(critical.text, [critical.keySet])).toEqual(wrong);
  });

  test('a key of another algorithm, or for encryption, is not used', async () => {
    const { text, keySet } = await token('RS256', claims);
    expect(verify(text, [keySet])).toMatchObject({ secret: 0 });
    expect(verify(text, [keySet.replace('"alg":"RS256"', '"alg":"PS256"')])).toEqual(wrong);
    expect(verify(text, [keySet.replace('"alg":"RS256"', '"use":"enc"')])).toEqual(wrong);
    expect(verify(text, [keySet.replace('"kid":"k1"', '"kid":"k2"')])).toEqual(wrong);
  });

  test('a key set that is none, and an audience that is not set, refuse', async () => {
    const { text, keySet } = await token('ES256', claims);
    for (const set of ['', 'x', '[]', '{"keys":5}', '{"keys":[null,{"kty":"EC","crv":"P-256","kid":"k1"}]}'])
      expect(verify(text, [set])).toEqual(wrong);
    expect(verify(text, [])).toEqual(new Refused('inbound-secret-missing'));
    expect(verify(text, [keySet], { account: '' })).toEqual(wrong);
  });
});

describe('ed25519', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const way = {
    name: 'ed',
    auth: {
      kind: 'ed25519',
      key: { credential: 'secret', encoding: 'hex' },
      signature: { header: 'X-Signature-Ed25519', encoding: 'hex' },
      message: '{timestamp}{body}',
    },
    timestamp: { header: 'X-Signature-Timestamp', unit: 's' },
    events,
  };
  const signature = sign(null, Buffer.concat([Buffer.from(String(nowSeconds)), body]), privateKey).toString('hex');

  function verify(options: { signature?: string; body?: Buffer; key?: string } = {}) {
    const headers = {
      'x-signature-ed25519': options.signature ?? signature,
      'x-signature-timestamp': String(nowSeconds),
    };
    const request = asReceived({ method: 'POST', url: '', headers, body: options.body ?? body });
    return verifyInbound(linkWay(way).way, request, { secrets: [options.key ?? key], settings: {}, nowMs });
  }

  test('right', () => {
    expect(verify()).toMatchObject({ secret: 0, sentAtMs: nowMs });
  });

  test.each([
    ['another body', { body: Buffer.from('{"id":2}') }],
    ['another signature', { signature: 'ab'.repeat(64) }],
    ['a short one', { signature: signature.slice(2) }],
    ['in capitals', { signature: signature.toUpperCase() }],
    ['another key', { key: 'ab'.repeat(32) }],
    ['a key that is no point', { key: 'ff'.repeat(32) }],
    ['a short key', { key: key.slice(2) }],
  ])('%s is refused', (_what, options) => {
    expect(verify(options)).toEqual(new Refused('inbound-signature-wrong'));
  });

  test('a key that is not hex is none', () => {
    expect(verify({ key: `${key}zz` })).toEqual(new Refused('inbound-secret-missing'));
  });
});

test('every item of a list must hold the token', () => {
  const { way } = linkWay(lookUp('microsoft-graph').way);
  const verify = (value: unknown) =>
    verifyInbound(
      way,
      asReceived({ method: 'POST', url: '', headers: {}, body: Buffer.from(JSON.stringify({ value })) }),
      { secrets: ['clientstate'], settings: {}, nowMs },
    );
  expect(verify([{ clientState: 'clientstate' }])).toMatchObject({ secret: 0 });
  expect(verify([{ clientState: 'clientstate' }, { clientState: 'x' }])).toEqual(wrong);
  expect(verify([{ clientState: 'x' }, { clientState: 'clientstate' }])).toEqual(wrong);
  for (const value of [[], null, [{ clientState: 'clientstate' }, {}], { clientState: 'clientstate' }])
    expect(verify(value)).toEqual(new Refused('inbound-value-missing'));
});

test('an unsigned body must hold the setting of the instance', () => {
  const vendor = lookUp('salesforce-outbound-message');
  const { way } = linkWay(vendor.way);
  const text = String(vendor.requests[0]?.body);
  const verify = (xml: string, account: string) =>
    verifyInbound(way, asReceived({ method: 'POST', url: '', headers: {}, body: Buffer.from(xml) }), {
      secrets: [],
      settings: { account },
      nowMs,
    });
  expect(verify(text, '00D5g000004XyZqEAK')).toMatchObject({ secret: null });
  expect(verify(text, '00D5g000004XyZqEAX')).toEqual(new Refused('inbound-condition-failed'));
  expect(verify(text, '')).toEqual(new Refused('inbound-secret-missing'));
  expect(verify(text.replaceAll('OrganizationId', 'Other'), 'x')).toEqual(new Refused('inbound-value-missing'));
  const twice = text.replace('<ActionId>', '<OrganizationId>x</OrganizationId><ActionId>');
  expect(verify(twice, '00D5g000004XyZqEAK')).toEqual(new Refused('inbound-value-missing'));
});
