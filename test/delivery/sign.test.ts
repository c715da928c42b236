import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createSecret } from '../../src/delivery/secret.ts';
import { bodySignature, signatureHeaders } from '../../src/delivery/sign.ts';
import { verifySignature } from '../../src/delivery/verify.ts';

const secret = createSecret(randomBytes);
const other = createSecret(randomBytes);
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('signing', () => {
  test('gives the published vector of the specification', () => {
    const headers = signatureHeaders(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestampSeconds: 1614265330,
        body: Buffer.from('{"test": 2432232314}'),
      },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('is verified by the library of the specification, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = Buffer.from(JSON.stringify(value));
        const headers = signatureHeaders({ id: 'evt_1', timestampSeconds: nowSeconds(), body }, [secret]);
        expect(JSON.stringify(new Webhook(secret).verify(body.toString('utf8'), headers))).toBe(body.toString('utf8'));
      }),
    );
  });

  test('with two secrets is verified by the holder of either, and of no third', () => {
    const body = Buffer.from('{}');
    const headers = signatureHeaders({ id: 'evt_1', timestampSeconds: nowSeconds(), body }, [secret, other]);
    expect(new Webhook(secret).verify('{}', headers)).toEqual({});
    expect(new Webhook(other).verify('{}', headers)).toEqual({});
    expect(() => new Webhook(createSecret(randomBytes)).verify('{}', headers)).toThrow('No matching signature');
  });

  test('of the body alone is keyed by the text of the secret', () => {
    const expected = createHmac('sha256', Buffer.from(secret, 'utf8')).update('{"a":"ü"}', 'utf8').digest('base64');
    expect(bodySignature(Buffer.from('{"a":"ü"}'), secret)).toBe(`sha256=${expected}`);
  });
});

describe('verifying', () => {
  const timestampSeconds = 1_770_000_000;
  const nowMs = timestampSeconds * 1000;
  const body = Buffer.from('{"total":12.50,"name":"Zoë"}');
  const headers = signatureHeaders({ id: 'evt_1', timestampSeconds, body }, [secret]);
  const request = { headers, body, secrets: [secret], nowMs, toleranceSeconds: 300 };

  test('takes what the library of the specification signed', () => {
    const signed = new Webhook(secret).sign('msg_1', new Date(nowMs), body.toString('utf8'));
    const theirs = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signed,
    };
    expect(verifySignature({ ...request, headers: theirs })).toEqual({ valid: true });
  });

  test('takes any of several secrets, and any of several signatures', () => {
    expect(verifySignature({ ...request, secrets: [other, secret] })).toEqual({ valid: true });
    const signature = `v1a,${'A'.repeat(86)}== v1,AAAA ${headers['webhook-signature']}`;
    expect(verifySignature({ ...request, headers: { ...headers, 'webhook-signature': signature } })).toEqual({
      valid: true,
    });
  });

  test('refuses a change of any one byte of the body, the id or the time', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Buffer.from(body);
        changed.writeUInt8(changed.readUInt8(index) ^ flip, index);
        expect(verifySignature({ ...request, body: changed })).toEqual({ valid: false, reason: 'signature-wrong' });
      }),
    );
    for (const change of [{ 'webhook-id': 'evt_2' }, { 'webhook-timestamp': String(timestampSeconds + 1) }]) {
      expect(verifySignature({ ...request, headers: { ...headers, ...change } })).toEqual({
        valid: false,
        reason: 'signature-wrong',
      });
    }
  });

  test.each([
    [-301, 'too-new'],
    [-300, undefined],
    [300, undefined],
    [301, 'too-old'],
  ])('a request %i s old: %s', (ageSeconds, reason) => {
    const verdict = verifySignature({ ...request, nowMs: nowMs + ageSeconds * 1000 });
    expect(verdict).toEqual(reason === undefined ? { valid: true } : { valid: false, reason });
  });

  test.each([
    [{ 'webhook-id': undefined }, 'header-missing'],
    [{ 'webhook-timestamp': undefined }, 'header-missing'],
    [{ 'webhook-signature': undefined }, 'header-missing'],
    [{ 'webhook-signature': [headers['webhook-signature'] ?? ''] }, 'header-missing'],
    [{ 'webhook-timestamp': 'yesterday' }, 'timestamp-unreadable'],
    [{ 'webhook-timestamp': '1770000000.5' }, 'timestamp-unreadable'],
    [{ 'webhook-timestamp': '-1' }, 'timestamp-unreadable'],
    [{ 'webhook-signature': '' }, 'signature-wrong'],
    [{ 'webhook-signature': 'v1,' }, 'signature-wrong'],
    [{ 'webhook-signature': headers['webhook-signature']?.replace('v1,', 'v2,') }, 'signature-wrong'],
  ])('refuses %j: %s', (change, reason) => {
    expect(verifySignature({ ...request, headers: { ...headers, ...change } })).toEqual({ valid: false, reason });
  });

  test('without any secret nothing is valid', () => {
    expect(verifySignature({ ...request, secrets: [] })).toEqual({ valid: false, reason: 'signature-wrong' });
  });
});
