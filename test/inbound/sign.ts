/**
 * Signs as each vendor's manual says, with node:crypto alone and nothing of src: the oracle that our rules are held
 * against. One function per vendor of vendors.json.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeMs: number;
}

/** What the vendor adds to the request. */
export interface Signed {
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly body?: Buffer;
}

type Sign = (secret: string, request: Unsigned) => Signed;
type Encoding = 'hex' | 'base64';

function hmac(hash: string, key: string | Buffer, encoding: Encoding, ...parts: readonly (string | Buffer)[]): string {
  const mac = createHmac(hash, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}

function sha256(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

const seconds = (timeMs: number): string => String(Math.floor(timeMs / 1000));

/** HMAC over the body, in a header. */
const overBody =
  (header: string, hash: string, encoding: Encoding, prefix = ''): Sign =>
  (secret, { body }) => ({ headers: { [header]: prefix + hmac(hash, secret, encoding, body) } });

const timedEntries =
  (header: string): Sign =>
  (secret, { body, timeMs }) => {
    const t = seconds(timeMs);
    return { headers: { [header]: `t=${t},v1=${hmac('sha256', secret, 'hex', `${t}.`, body)}` } };
  };

const versionZero =
  (header: string, timeHeader: string): Sign =>
  (secret, { body, timeMs }) => {
    const t = seconds(timeMs);
    return { headers: { [timeHeader]: t, [header]: `v0=${hmac('sha256', secret, 'hex', `v0:${t}:`, body)}` } };
  };

/** The fields of a form, sorted by name, name and value in a row; written here by hand for forms without repetition. */
function formText(body: Buffer): string {
  const pairs = body
    .toString()
    .split('&')
    .map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replaceAll('+', ' '))));
  pairs.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return pairs.flat().join('');
}

const overForm =
  (header: string): Sign =>
  (secret, { url, body }) => ({ headers: { [header]: hmac('sha1', secret, 'base64', url, formText(body)) } });

const inHeader =
  (header: string): Sign =>
  (secret) => ({ headers: { [header]: secret } });

const inQuery =
  (name: string): Sign =>
  (secret, { url }) => ({ url: `${url}?${name}=${encodeURIComponent(secret)}` });

export const signers: Readonly<Record<string, Sign>> = {
  shopify: overBody('x-shopify-hmac-sha256', 'sha256', 'base64'),
  'shopify-events': overBody('shopify-hmac-sha256', 'sha256', 'base64'),
  'hubspot-v1': (secret, { body }) => ({ headers: { 'x-hubspot-signature': sha256(secret, body) } }),
  'hubspot-v2': (secret, { method, url, body }) => ({
    headers: { 'x-hubspot-signature': sha256(secret, method, url, body) },
  }),
  'hubspot-v3': (secret, { method, url, body, timeMs }) => {
    const decoded = url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, decodeURIComponent);
    const signature = hmac('sha256', secret, 'base64', method + decoded, body, String(timeMs));
    return { headers: { 'x-hubspot-request-timestamp': String(timeMs), 'x-hubspot-signature-v3': signature } };
  },
  quickbooks: overBody('intuit-signature', 'sha256', 'base64'),
  'salesforce-outbound-message': () => ({}),
  'microsoft-graph': (secret, { body }) => ({
    body: Buffer.from(body.toString().replaceAll(/"clientState":"[^"]*"/g, `"clientState":"${secret}"`)),
  }),
  dataverse: inHeader('x-acme-key'),
  'dataverse-webhook-key': inQuery('code'),
  stripe: timedEntries('stripe-signature'),
  github: overBody('x-hub-signature-256', 'sha256', 'hex', 'sha256='),
  'github-form': overBody('x-hub-signature-256', 'sha256', 'hex', 'sha256='),
  slack: versionZero('x-slack-signature', 'x-slack-request-timestamp'),
  zendesk: (secret, { body, timeMs }) => {
    const t = `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
    const signature = hmac('sha256', secret, 'base64', t, body);
    return { headers: { 'x-zendesk-webhook-signature-timestamp': t, 'x-zendesk-webhook-signature': signature } };
  },
  xero: overBody('x-xero-signature', 'sha256', 'base64'),
  square: (secret, { url, body }) => ({
    headers: { 'x-square-hmacsha256-signature': hmac('sha256', secret, 'base64', url, body) },
  }),
  zoom: versionZero('x-zm-signature', 'x-zm-request-timestamp'),
  twilio: overForm('x-twilio-signature'),
  'twilio-json': (secret, { url, body }) => {
    const signed = `${url}?bodySHA256=${sha256(body)}`;
    return { url: signed, headers: { 'x-twilio-signature': hmac('sha1', secret, 'base64', signed) } };
  },
  intercom: overBody('x-hub-signature', 'sha1', 'hex', 'sha1='),
  mailchimp: inQuery('secret'),
  mandrill: overForm('x-mandrill-signature'),
  gitlab: inHeader('x-gitlab-token'),
  'gitlab-signing-token': (secret, { headers, body, timeMs }) => {
    const t = seconds(timeMs);
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signature = hmac('sha256', key, 'base64', `${headers['webhook-id']}.${t}.`, body);
    return { headers: { 'webhook-timestamp': t, 'webhook-signature': `v1,${signature}` } };
  },
  jira: overBody('x-hub-signature', 'sha256', 'hex', 'sha256='),
  docusign: (secret, { body }) => ({
    headers: {
      'x-docusign-signature-1': hmac('sha256', 'the key of another', 'base64', body),
      'x-docusign-signature-2': hmac('sha256', secret, 'base64', body),
    },
  }),
  pagerduty: overBody('x-pagerduty-signature', 'sha256', 'hex', 'v1='),
  calendly: timedEntries('calendly-webhook-signature'),
  asana: overBody('x-hook-signature', 'sha256', 'hex'),
  notion: overBody('x-notion-signature', 'sha256', 'hex', 'sha256='),
  airtable: (secret, { body }) => ({
    headers: {
      'x-airtable-content-mac': `hmac-sha256=${hmac('sha256', Buffer.from(secret, 'base64'), 'hex', body)}`,
    },
  }),
  linear: (secret, { body, timeMs }) => {
    const sent = Buffer.from(body.toString().replace(/"webhookTimestamp":\d+/, `"webhookTimestamp":${timeMs}`));
    return { body: sent, headers: { 'linear-signature': hmac('sha256', secret, 'hex', sent) } };
  },
};
