import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSecret, createSecret, secretKey } from '../../src/delivery/secret.ts';

test('a secret that is made is 32 random bytes, and passes the check', () => {
  const secret = createSecret((size) => Buffer.alloc(size, 7));
  expect(secret).toBe(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
  expect(checkSecret(secret)).toBeNull();
  expect(createSecret(randomBytes)).not.toBe(createSecret(randomBytes));
});

test('every length from 24 to 64 bytes passes and no other, with padding or without', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const padded = `whsec_${Buffer.from(bytes).toString('base64')}`;
      const bare = padded.replace(/=+$/, '');
      const fits = bytes.length >= 24 && bytes.length <= 64;
      expect([checkSecret(padded) === null, checkSecret(bare) === null]).toEqual([fits, fits]);
      expect(Buffer.from(secretKey(padded)).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

const valid = Buffer.alloc(32, 1).toString('base64');
test.each([
  ['', 'no prefix'],
  [valid, 'no prefix'],
  [`WHSEC_${valid}`, 'prefix in capitals'],
  [`whsec_${valid} `, 'a space behind'],
  [`whsec_${valid}\n`, 'a line end behind'],
  [`whsec_${valid}====`, 'too much padding'],
  [`whsec_!${valid}`, 'not base64'],
  [`whsec_${'é'.repeat(44)}`, 'not base64'],
  ['whsec_', 'nothing'],
])('refuses %j: %s', (text) => {
  expect(checkSecret(text)).toMatchObject({ code: 'callback-secret-invalid', severity: 'error' });
});

test('the diagnostic does not repeat what may be a mistyped secret', () => {
  const text = 'whsec_sUpErSeCrEt';
  expect(JSON.stringify(checkSecret(text))).not.toContain('sUpErSeCrEt');
});
