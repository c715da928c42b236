/** Signatures that vendors have published, and the vendors' own libraries as judges in both directions. */
import '@shopify/shopify-api/adapters/node';
import { Signature } from '@hubspot/api-client';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refused } from '../../src/inbound/request.ts';
import { verifyInbound } from '../../src/inbound/verify.ts';
import { asReceived, linkWay, lookUp, nowMs, signedRequest } from './vendors.ts';

interface Vector {
  readonly vendor: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly method?: string;
  readonly url?: string;
  readonly nowMs?: number;
}

const twilioCall = 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212';

const vectors: readonly Vector[] = [
  {
    // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    vendor: 'github',
    secret: "It's a Secret to Everybody",
    headers: { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    body: 'Hello, World!',
  },
  {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    vendor: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    nowMs: 1_531_420_618_000,
  },
  {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    vendor: 'gitlab-signing-token',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    nowMs: 1_614_265_330_000,
  },
  {
    vendor: 'hubspot-v3',
    secret: 'hs-client-secret',
    url: 'https://hooks.example.test/hubspot?tenant=42',
    headers: {
      'X-HubSpot-Request-Timestamp': '1793491200000',
      'X-HubSpot-Signature-v3': 'bI9p3ogCCM6vXglfvIPZHDc4hZ64H9pAqToSzXbql44=',
    },
    body: '[{"eventId":1,"subscriptionType":"contact.creation","objectId":101}]',
  },
  {
    vendor: 'hubspot-v1',
    secret: 'hs-client-secret',
    headers: { 'X-HubSpot-Signature': '9e5d4375794ed08af30e3e6599889296aeba89590d06ceb423894a47505a06a3' },
    body: '[{"eventId":1,"subscriptionType":"contact.creation","objectId":101}]',
  },
  {
    vendor: 'quickbooks',
    secret: 'qbo-verifier-token',
    headers: { 'intuit-signature': 'WBikdDW/Nat+dLhx0X21fiTXFe9j+k4csaHUd8hs6Nw=' },
    body: '[{"specversion":"1.0","id":"e-1","type":"qbo.customer.updated.v1","intuitentityid":"58","intuitaccountid":"9130357992222222"}]',
  },
  {
    vendor: 'shopify',
    secret: 'shpss_secret',
    headers: { 'X-Shopify-Hmac-Sha256': 'xNDLaBBp2BfDCpLGRriDpfDMcCJ3XJzND74fkYzkXsE=' },
    body: '{"id":788032119674292922}',
  },
  {
    // https://developers.hubspot.com/docs/faq/v1-request-validation
    vendor: 'hubspot-v1',
    secret: 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy',
    headers: { 'X-HubSpot-Signature': '232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de' },
    body: '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]',
  },
  {
    // https://developers.hubspot.com/docs/faq/v2-request-validation
    vendor: 'hubspot-v2',
    secret: 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy',
    method: 'GET',
    url: 'https://www.example.com/webhook_uri',
    headers: { 'X-HubSpot-Signature': 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e' },
    body: '',
  },
  // The tests of the vendor's own libraries: https://github.com/square/square-nodejs-sdk, WebhooksHelper.
  {
    vendor: 'square',
    secret: 'Ibxx_5AKakO-3qeNVR61Dw',
    url: 'https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9',
    headers: { 'x-square-hmacsha256-signature': 'GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=' },
    body: '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
  },
  {
    vendor: 'square',
    secret: 'signature-key',
    url: 'https://webhook.site/webhooks',
    headers: { 'x-square-hmacsha256-signature': 'Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=' },
    body: '{"data":{"type":"webhooks","id":">id<"}}',
  },
  // https://github.com/twilio/twilio-php, RequestValidatorTest: as it is, with port 443 signed, with port 80 signed, called
  // with a port that is not signed, and with a name that comes three times.
  ...(
    [
      ['RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'https://mycompany.com', twilioCall],
      ['kvajT1Ptam85bY51eRf/AJRuM3w=', 'https://mycompany.com', twilioCall],
      ['0ZXoZLH/DfblKGATFgpif+LLRf4=', 'http://mycompany.com', twilioCall],
      ['RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'https://mycompany.com:1234', twilioCall],
      ['Zmvh+3yNM1Phv2jhDCwEM3q5ebU=', 'http://mycompany.com:1234', twilioCall],
      [
        'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
        'https://mycompany.com',
        'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234',
      ],
    ] as const
  ).map(([signature, origin, body]) => ({
    vendor: 'twilio',
    secret: '12345',
    url: `${origin}/myapp.php?foo=1&bar=2`,
    headers: { 'X-Twilio-Signature': signature },
    body,
  })),
  ...(
    [
      ['a9nBmqA0ju/hNViExpshrM61xv4=', 'foo=1&bar=2&'],
      ['y77kIzt2vzLz71DgmJGsen2scGs=', ''],
    ] as const
  ).map(([signature, query]) => ({
    vendor: 'twilio-json',
    secret: '12345',
    url: `https://mycompany.com/myapp.php?${query}bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`,
    headers: { 'X-Twilio-Signature': signature },
    body: '{"property": "value", "boolean": true}',
  })),
];

/** Bodies that are no JSON are verified before they are read, so what refuses them tells that the proof held. */
const notJson = new Set(['github', 'slack']);

test.each(vectors.map((vector) => [vector.vendor, vector] as const))(
  'the published signature of %s',
  (_name, vector) => {
    const { way } = linkWay(lookUp(vector.vendor).way);
    const request = asReceived({
      method: vector.method ?? 'POST',
      url: vector.url ?? 'https://hooks.example.test/',
      headers: vector.headers,
      body: Buffer.from(vector.body),
    });
    const context = { secrets: [vector.secret], settings: {}, nowMs: vector.nowMs ?? nowMs };
    const verified = verifyInbound(way, request, context);
    if (notJson.has(vector.vendor)) expect(verified).toEqual(new Refused('inbound-body-unreadable'));
    else expect(verified).toMatchObject({ secret: 0 });
    const changed = { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) };
    expect(verifyInbound(way, changed, context)).toMatchObject({ code: expect.stringMatching(/-wrong$/) });
  },
);

describe('the vendors’ own libraries', () => {
  // They read the clock themselves.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const context = (secret: string | null) => ({ secrets: [secret ?? ''], settings: { account: '62515' }, nowMs });

  test.each(['hubspot-v1', 'hubspot-v2', 'hubspot-v3'] as const)('%s', (name) => {
    const vendor = { ...lookUp(name), url: 'https://hooks.example.test/hubspot?tenant=42' };
    const version = name.slice('hubspot-'.length) as 'v1' | 'v2' | 'v3';
    const { way } = linkWay(vendor.way);
    const ours = signedRequest(vendor);
    const header = version === 'v3' ? 'x-hubspot-signature-v3' : 'x-hubspot-signature';
    const parts = {
      clientSecret: vendor.secret ?? '',
      requestBody: ours.body.toString(),
      url: ours.url,
      method: 'POST',
      timestamp: nowMs,
      signature: '',
    };
    const signature = Signature.getSignature('POST', version, parts);
    const theirs = { ...ours, headers: { ...ours.headers, [header]: [signature] } };
    expect(verifyInbound(way, theirs, context(vendor.secret))).toMatchObject({ secret: 0 });
    const given = { ...parts, signatureVersion: version, signature: ours.headers[header]?.[0] ?? '' };
    expect(Signature.isValid(given)).toBe(true);
    const changed = { ...theirs, body: Buffer.from('[]') };
    expect(verifyInbound(way, changed, context(vendor.secret))).toEqual(new Refused('inbound-signature-wrong'));
  });

  test('hubspot-v3 as its library signs a URL, which it does not decode', () => {
    const vendor = lookUp('hubspot-v3');
    const ours = signedRequest(vendor);
    const parts = {
      clientSecret: vendor.secret ?? '',
      requestBody: ours.body.toString(),
      url: ours.url,
      timestamp: nowMs,
      signature: '',
    };
    const signature = Signature.getSignature('POST', 'v3', parts);
    expect(signature).not.toBe(ours.headers['x-hubspot-signature-v3']?.[0]);
    const theirs = { ...ours, headers: { ...ours.headers, 'x-hubspot-signature-v3': [signature] } };
    expect(verifyInbound(linkWay(vendor.way).way, theirs, context(vendor.secret))).toMatchObject({ secret: 0 });
  });

  test('standardwebhooks', () => {
    const vendor = lookUp('gitlab-signing-token');
    const { way } = linkWay(vendor.way);
    const library = new Webhook(vendor.secret ?? '');
    const ours = signedRequest(vendor);
    const flat = Object.fromEntries(Object.entries(ours.headers).map(([name, values]) => [name, values?.[0] ?? '']));
    expect(library.verify(ours.body.toString(), flat)).toEqual({ test: 2432232314 });
    const signature = library.sign(flat['webhook-id'] ?? '', new Date(nowMs), ours.body.toString());
    // Beside a signature of a kind that is not ours, and one by a key that is going.
    const theirs = {
      ...ours,
      headers: { ...ours.headers, 'webhook-signature': [`v1a,AAAA v1,${'A'.repeat(43)}= ${signature}`] },
    };
    expect(verifyInbound(way, theirs, context(vendor.secret))).toMatchObject({ secret: 0 });
  });

  test('shopify', async () => {
    const vendor = lookUp('shopify');
    const shopify = shopifyApi({
      apiKey: 'key',
      apiSecretKey: vendor.secret ?? '',
      scopes: [],
      hostName: 'hooks.example.test',
      apiVersion: ApiVersion.July26,
      isEmbeddedApp: false,
      logger: { log: async () => {} },
    });
    const headers = {
      'x-shopify-topic': 'orders/updated',
      'x-shopify-shop-domain': 'lind.myshopify.com',
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': 'w-1',
    };
    const [first] = vendor.requests;
    const ours = signedRequest({ ...vendor, requests: [{ body: first?.body, changes: [], headers }] });
    const validate = (body: string) => {
      const flat = Object.fromEntries(Object.entries(ours.headers).map(([name, values]) => [name, values?.[0] ?? '']));
      const rawRequest = { method: 'POST', url: '/hook', headers: flat };
      return shopify.webhooks.validate({ rawBody: body, rawRequest });
    };
    expect(await validate(ours.body.toString())).toMatchObject({ valid: true });
    expect(await validate(`${ours.body.toString()} `)).toMatchObject({ valid: false, reason: 'invalid_hmac' });
  });
});
