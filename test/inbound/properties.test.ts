/** Whatever one byte is changed, the request is refused; whatever a stranger sends, nothing is thrown. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readForm } from '../../src/inbound/form.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { type InboundRequest, Refused } from '../../src/inbound/request.ts';
import { verifyInbound } from '../../src/inbound/verify.ts';
import { linkWay, nowMs, signedRequest, type Vendor, vendors } from './vendors.ts';

const byName = (some: readonly Vendor[]) => some.map((vendor) => [vendor.vendor, vendor] as const);
const signing = vendors.filter(({ way }) => way.auth.kind === 'hmac' || way.auth.kind === 'digest');

function verify(vendor: Vendor, request: InboundRequest) {
  const secrets = vendor.secret === null ? [] : [vendor.secret];
  return verifyInbound(linkWay(vendor.way).way, request, { secrets, settings: vendor.settings, nowMs });
}

/** Headers that the signature or the time stand in. */
function signedHeaders({ way, vendor }: Vendor): string[] {
  const { auth, timestamp } = linkWay(way).way;
  const names: string[] = [];
  if ('signature' in auth && auth.signature.source.from === 'header') names.push(auth.signature.source.name);
  // The second of its headers is ours; the first is another's, which may hold what it likes.
  if (vendor === 'docusign') names.push('x-docusign-signature-2');
  if (timestamp?.source.from === 'header') names.push(timestamp.source.name);
  return names;
}

describe.each(byName(signing))('%s: one byte changed is refused', (_name, vendor) => {
  const good = signedRequest(vendor);

  test('in the body', () => {
    fc.assert(
      fc.property(fc.nat(good.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const body = Buffer.from(good.body);
        body[at] = (body[at] ?? 0) ^ flip;
        const verified = verify(vendor, { ...good, body });
        // A form has several spellings, %2b and %2B: what is signed, and read, are its names and values.
        const isSameForm =
          vendor.way['format'] === 'form' && vendor.vendor !== 'github-form' && isSame(body, good.body);
        expect(verified instanceof Refused).toBe(!isSameForm);
      }),
      { numRuns: 200 },
    );
  });

  test('in the signature or the time', () => {
    for (const name of signedHeaders(vendor)) {
      const [value = ''] = good.headers[name] ?? [];
      for (let at = 0; at < value.length; at += 1) {
        for (const code of [value.charCodeAt(at) ^ 1, value.charCodeAt(at) ^ 0x20, 0x20, 0x2c, 0xff]) {
          const changed = value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1);
          if (changed === value) continue;
          const verified = verify(vendor, { ...good, headers: { ...good.headers, [name]: [changed] } });
          expect([changed, verified instanceof Refused]).toEqual([changed, true]);
        }
      }
    }
  });

  test('in the key', () => {
    const secret = vendor.secret ?? '';
    const { way } = linkWay(vendor.way);
    for (let at = 0; at < secret.length; at += 1) {
      const changed = secret.slice(0, at) + (secret[at] === 'x' ? 'y' : 'x') + secret.slice(at + 1);
      const context = { secrets: [changed], settings: vendor.settings, nowMs };
      expect([changed, verifyInbound(way, good, context) instanceof Refused]).toEqual([changed, true]);
    }
  });
});

function isSame(body: Buffer, other: Buffer): boolean {
  return JSON.stringify(readForm(body)) === JSON.stringify(readForm(other));
}

const hostileBodies: readonly (readonly [string, Buffer])[] = [
  ['not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0xc0, 0x80])],
  ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a lone surrogate', Buffer.from('{"type":"\\ud800","clientState":"\\udfff"}')],
  ['deep arrays', Buffer.from('['.repeat(500_000))],
  ['deep objects', Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
  ['depth that a text only seems to have', Buffer.from(JSON.stringify({ a: '['.repeat(10_000) }))],
  ['a prototype', Buffer.from('{"__proto__":{"type":"url_verification"},"constructor":1,"toString":null}')],
  ['huge numbers', Buffer.from(`[1e999,-1e999,${'9'.repeat(10_000)}]`)],
  ['a form of nothing', Buffer.from('&'.repeat(100_000))],
  ['a form of one name', Buffer.from('a&'.repeat(400_000))],
  ['percent signs', Buffer.from('%'.repeat(100_000))],
  ['nothing', Buffer.alloc(0)],
  ['null', Buffer.from('null')],
  ['too much', Buffer.alloc(6_000_000, 0x20)],
  [
    'billion laughs',
    Buffer.from(`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${laughs()}]><lolz>&lol9;</lolz>`),
  ],
  ['an external entity', Buffer.from('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')],
  ['an entity of nobody', Buffer.from('<a>&nobody;</a>')],
  ['deep elements', Buffer.from('<a>'.repeat(300_000))],
  ['many elements', Buffer.from(`<a>${'<b/>'.repeat(200_000)}</a>`)],
  ['many attributes', Buffer.from(`<a ${Array.from({ length: 60_000 }, (_, at) => `b${at}=""`).join(' ')}/>`)],
];

function laughs(): string {
  return Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at === 0 ? '' : at};`.repeat(10)}">`,
  ).join('');
}

const hostileHeaders: readonly (readonly [string, string])[] = [
  ['10 MB', 'x'.repeat(10_000_000)],
  ['10 MB of separators', 'v1=,'.repeat(2_500_000)],
  ['spaces', ' '.repeat(10_000)],
  ['a lone surrogate', '\ud800'],
  ['a prototype', '__proto__'],
  ['many entries', Array.from({ length: 1000 }, () => 'v1=aa').join(',')],
  ['a time past all', '9'.repeat(400)],
  ['a negative time', '-1'],
  ['a time with a fraction', '1793491200.5'],
  ['a time in hex', '0x6ae5'],
  ['not a time', 'NaN'],
];

describe.each(byName(vendors))('%s: hostile input is refused and never thrown on', (_name, vendor) => {
  const { way } = linkWay(vendor.way);
  const good = signedRequest(vendor);
  const context = { secrets: [vendor.secret ?? 'x', '\ud800', '==='], settings: vendor.settings, nowMs };

  test.each(hostileBodies)('body: %s', async (_what, body) => {
    const startMs = performance.now();
    const received = await receiveInbound(way, { ...good, body }, context);
    // A static secret in a header proves nothing of the body: then it is read, and must not hurt.
    if (way.auth.kind !== 'static') expect(received.kind).toBe('refused');
    else if (received.kind === 'events') expect(received.changes).toEqual([]);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  test.each(hostileHeaders)('every header: %s', async (_what, value) => {
    const headers = Object.fromEntries(Object.keys(good.headers).map((name) => [name, [value]]));
    const received = await receiveInbound(way, { ...good, headers }, context);
    if (Object.keys(headers).length > 0 && way.auth.kind !== 'static') expect(received.kind).toBe('refused');
  });

  test('anything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom('POST', 'GET', 'HEAD', 'OPTIONS', 'DELETE', ''),
          url: fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true }), fc.constant('')),
          headers: fc.dictionary(
            fc.oneof(fc.constantFrom(...Object.keys(good.headers), 'x-hook-secret'), fc.string()),
            fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
          ),
          body: fc.oneof(
            fc.uint8Array().map((bytes) => Buffer.from(bytes)),
            fc.json().map((text) => Buffer.from(text)),
          ),
        }),
        async (request) => {
          const received = await receiveInbound(way, request, context);
          expect(received.kind).not.toBe('events');
        },
      ),
      { numRuns: 50 },
    );
  });
});
