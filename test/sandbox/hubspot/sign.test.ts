import { Signature } from '@hubspot/api-client';
import { describe, expect, test } from 'vitest';
import { signedUrl, signV1, signV2, signV3 } from '../../../src/sandbox/hubspot/sign.ts';

const vector = {
  secret: 'hs-client-secret',
  method: 'POST',
  url: 'https://hooks.example.test/hubspot?tenant=42',
  body: '[{"eventId":1,"subscriptionType":"contact.creation","objectId":101}]',
};

describe('signatures', () => {
  test('are those of the published values', () => {
    expect(signV3(vector, 1_793_491_200_000)).toBe('bI9p3ogCCM6vXglfvIPZHDc4hZ64H9pAqToSzXbql44=');
    expect(signV1(vector)).toBe('9e5d4375794ed08af30e3e6599889296aeba89590d06ceb423894a47505a06a3');
  });

  test('version 2 passes the vendor’s own library, and does not with another URL', () => {
    const { secret: clientSecret, url, body: requestBody } = vector;
    const asked = { clientSecret, requestBody, signatureVersion: 'v2', signature: signV2(vector), method: 'POST' };
    expect(Signature.isValid({ ...asked, url })).toBe(true);
    expect(Signature.isValid({ ...asked, url: `${url}3` })).toBe(false);
  });

  test.each([
    ['https://a.test/x%3Ay?q=%3A%2F%3f%40%21%24%27%28%29%2A%2C%3b', "https://a.test/x%3Ay?q=:/?@!$'()*,;"],
    ['https://a.test/?q=%20%26%3D%25%23', 'https://a.test/?q=%20%26%3D%25%23'],
    ['https://a.test/%2A', 'https://a.test/%2A'],
  ])('%s is signed as %s', (url, signed) => {
    expect(signedUrl(url)).toBe(signed);
  });
});
