/**
 * Every vendor of the table, written as data: what it signs is taken and becomes the changes that are meant; what is
 * forged, replayed, changed or left out is refused.
 */
import { describe, expect, test } from 'vitest';
import type { InboundWay } from '../../src/connector/inbound.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { type InboundRequest, Refused } from '../../src/inbound/request.ts';
import { verifyInbound } from '../../src/inbound/verify.ts';
import { linkWay, nowMs, signedRequest, type Vendor, vendors } from './vendors.ts';

const settings = (vendor: Vendor) => ({ host: 'https://acme.example', ...vendor.settings });
const secretsOf = ({ secret }: Vendor) => (secret === null ? [] : [secret]);

function verify(
  vendor: Vendor,
  request: InboundRequest,
  options: { secrets?: readonly string[]; nowMs?: number } = {},
) {
  const context = { secrets: secretsOf(vendor), settings: settings(vendor), nowMs, ...options };
  return verifyInbound(linkWay(vendor.way).way, request, context);
}

/** The code of a refusal; null for a request that was taken. */
const codeOf = (verified: ReturnType<typeof verify>) => (verified instanceof Refused ? verified.code : null);

/** The headers that the proof of a way reads. */
function headersRead({ auth, timestamp }: InboundWay): string[] {
  const names: string[] = [];
  if ('signature' in auth) {
    const { source } = auth.signature;
    if (source.from === 'header') names.push(source.name);
    if (source.from === 'headers') names.push(`${source.prefix}1`);
    for (const part of auth.messages.flat()) if (part.part === 'header') names.push(part.name);
  }
  if (auth.kind === 'static' && auth.value.source.from === 'header') names.push(auth.value.source.name);
  if (timestamp?.source.from === 'header') names.push(timestamp.source.name);
  return names;
}

const signs = ({ way }: Vendor) => way.auth.kind === 'hmac' || way.auth.kind === 'digest';
const byName = (some: readonly Vendor[]) => some.map((vendor) => [vendor.vendor, vendor] as const);

test('the table has every row that is a webhook', () => {
  expect(vendors.length).toBe(33);
  expect(vendors.filter(signs).length).toBe(27);
  expect(vendors.filter(({ way }) => way.timestamp !== undefined).length).toBe(8);
});

describe.each(byName(vendors))('%s', (_name, vendor) => {
  test('links without a word', () => {
    expect(linkWay(vendor.way).diagnostics).toEqual([]);
  });

  test.each(vendor.requests.map((request, index) => [index, request] as const))(
    'request %i becomes its changes',
    async (index, { changes }) => {
      const { way } = linkWay(vendor.way);
      const context = { secrets: secretsOf(vendor), settings: settings(vendor), nowMs };
      const received = await receiveInbound(way, signedRequest(vendor, { index }), context);
      expect(received).toMatchObject({ kind: 'events', changes, skipped: [] });
      if (received.kind !== 'events') return;
      expect(received.changes).toEqual(changes.map((change) => ({ ...change, named: null })));
      expect(received.answer.status).toBe(way.ack.status);
      expect(received.secret).toBe(vendor.secret === null ? null : 0);
      expect(received.sentAtMs).toBe(way.timestamp === null ? null : nowMs);
    },
  );
});

describe.each(byName(vendors.filter(({ secret }) => secret !== null)))('%s is refused', (_name, vendor) => {
  const { way } = linkWay(vendor.way);
  const good = signedRequest(vendor);

  test('with another key', () => {
    expect(codeOf(verify(vendor, signedRequest(vendor, { secret: 'bm90LXRoZS1rZXktYXQtYWxs' })))).toMatch(/-wrong$/);
    expect(codeOf(verify(vendor, good, { secrets: ['bm90LXRoZS1rZXktYXQtYWxs'] }))).toMatch(/-wrong$/);
  });

  test('without a key, or with an empty one', () => {
    expect(codeOf(verify(vendor, good, { secrets: [] }))).toBe('inbound-secret-missing');
    expect(codeOf(verify(vendor, good, { secrets: ['', ''] }))).toBe('inbound-secret-missing');
    expect(codeOf(verify(vendor, signedRequest(vendor, { secret: '' }), { secrets: [''] }))).not.toBe(null);
  });

  test('without one of the headers, or with one twice', () => {
    for (const name of headersRead(way)) {
      const { [name]: values = [], ...others } = good.headers;
      expect(codeOf(verify(vendor, { ...good, headers: others }))).toBe('inbound-value-missing');
      expect(codeOf(verify(vendor, { ...good, headers: { ...others, [name]: [''] } }))).toBe('inbound-value-missing');
      const twice = { ...others, [name]: [...values, ...values] };
      expect(codeOf(verify(vendor, { ...good, headers: twice }))).toBe('inbound-value-repeated');
    }
  });

  test('but not while the key changes', () => {
    const older = verify(vendor, good, { secrets: ['bm90LXRoZS1rZXktYXQtYWxs', vendor.secret ?? ''] });
    expect(older).toMatchObject({ secret: 1 });
  });
});

describe.each(byName(vendors.filter(signs)))('%s covers the request', (_name, vendor) => {
  const good = signedRequest(vendor);

  test('truncated', () => {
    expect(codeOf(verify(vendor, { ...good, body: good.body.subarray(0, -1) }))).not.toBe(null);
    expect(codeOf(verify(vendor, { ...good, body: Buffer.alloc(0) }))).not.toBe(null);
  });

  test('written anew', () => {
    const body = Buffer.concat([good.body, Buffer.from('\n')]);
    expect(codeOf(verify(vendor, { ...good, body }))).toBe('inbound-signature-wrong');
    if (vendor.way['format'] === 'form') return;
    const spaced = Buffer.from(JSON.stringify(JSON.parse(good.body.toString()), null, 2));
    expect(codeOf(verify(vendor, { ...good, body: spaced }))).toBe('inbound-signature-wrong');
  });

  test('the signature of another body', () => {
    const other = signedRequest(vendor, { body: Buffer.from('{"id":1,"webhookTimestamp":1793491200000}') });
    expect(codeOf(verify(vendor, { ...good, headers: other.headers, url: other.url }))).toMatch(
      /-(?:wrong|unreadable)$/,
    );
  });
});

const signsUrl = vendors.filter((vendor) => signs(vendor) && JSON.stringify(vendor.way.auth).includes('{url'));

describe.each(byName(signsUrl))('%s covers the URL', (_name, vendor) => {
  test.each([
    ['another host', (url: string) => url.replace('://', '://x.')],
    ['another path', (url: string) => url.replace(/\/[^/?]*(?=\?|$)/, '/other')],
    ['another query', (url: string) => `${url}${url.includes('?') ? '&' : '?'}x=1`],
    ['another scheme', (url: string) => url.replace('https:', 'http:')],
  ])('%s', (_what, change) => {
    const good = signedRequest(vendor);
    const url = change(good.url);
    expect(url).not.toBe(good.url);
    expect(codeOf(verify(vendor, { ...good, url }))).toBe('inbound-signature-wrong');
  });

  test('none configured', () => {
    expect(codeOf(verify(vendor, { ...signedRequest(vendor), url: '' }))).toBe('inbound-url-unknown');
  });
});

describe.each(byName(vendors.filter(({ way }) => way.timestamp !== undefined)))('%s is of now', (_name, vendor) => {
  const windowMs = (vendor.way.timestamp?.windowSeconds ?? 300) * 1000;

  test('at both ends of the window', () => {
    for (const timeMs of [nowMs - windowMs, nowMs + windowMs])
      expect(codeOf(verify(vendor, signedRequest(vendor, { timeMs })))).toBe(null);
  });

  test('replayed, or from the future', () => {
    const good = signedRequest(vendor);
    expect(codeOf(verify(vendor, good, { nowMs: nowMs + windowMs + 1 }))).toBe('inbound-too-old');
    expect(codeOf(verify(vendor, good, { nowMs: nowMs - windowMs - 1 }))).toBe('inbound-too-new');
  });

  test('replayed with a new time', () => {
    const laterMs = nowMs + 3_600_000;
    const replayed = withNewTime(
      linkWay(vendor.way).way,
      signedRequest(vendor),
      signedRequest(vendor, { timeMs: laterMs }),
    );
    expect(codeOf(verify(vendor, replayed, { nowMs: laterMs }))).toBe('inbound-signature-wrong');
  });
});

/** The request with the time of another, and its own signature. */
function withNewTime({ auth, timestamp }: InboundWay, request: InboundRequest, later: InboundRequest): InboundRequest {
  const source = timestamp?.source;
  if (source?.from === 'body') return { ...request, body: later.body };
  if (source?.from === 'header') {
    return { ...request, headers: { ...request.headers, [source.name]: later.headers[source.name] } };
  }
  const name = 'signature' in auth && auth.signature.source.from === 'header' ? auth.signature.source.name : '';
  const [own = ''] = request.headers[name] ?? [];
  const [time = ''] = (later.headers[name]?.[0] ?? '').split(',');
  return { ...request, headers: { ...request.headers, [name]: [own.replace(/^t=\d+/, time)] } };
}
