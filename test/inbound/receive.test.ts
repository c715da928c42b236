import { describe, expect, test } from 'vitest';
import { readForm, sortedForm } from '../../src/inbound/form.ts';
import { urlDecoded, urlWithoutPort, urlWithPort } from '../../src/inbound/public-url.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { Refused } from '../../src/inbound/request.ts';
import { verifyInbound } from '../../src/inbound/verify.ts';
import { linkWay, lookUp, nowMs, signedRequest, type Vendor } from './vendors.ts';

const context = ({ secret }: Vendor) => ({ secrets: [secret ?? ''], settings: {}, nowMs });

test('a body past the limit is not even looked at for a handshake', async () => {
  const notion = lookUp('notion');
  const { way } = linkWay({ ...notion.way, maxBytes: 20 });
  const request = { ...signedRequest(notion), body: Buffer.from('{"verification_token":"secret_tMrlL1"}') };
  expect(await receiveInbound(way, request, { secrets: [], settings: {}, nowMs })).toEqual({
    kind: 'refused',
    code: 'inbound-too-large',
    answer: { status: 413, headers: {}, body: '' },
  });
});

test('a method that only handshakes have carries no events', async () => {
  const github = lookUp('github');
  const when = { method: 'GET', expression: 'ping = true' };
  const { way } = linkWay({ ...github.way, handshake: [{ when, respond: { kind: 'acknowledge' } }] });
  const received = await receiveInbound(way, { ...signedRequest(github), method: 'GET' }, context(github));
  expect(received).toMatchObject({ kind: 'refused', code: 'inbound-method', answer: { status: 405 } });
});

test('an empty body is verified as it is', async () => {
  const zendesk = lookUp('zendesk');
  const request = { ...signedRequest(zendesk, { body: Buffer.alloc(0) }), method: 'DELETE' };
  expect(verifyInbound(linkWay(zendesk.way).way, request, context(zendesk))).toMatchObject({ secret: 0, body: null });
});

test('a body that is signed and unreadable is refused as such', () => {
  const github = lookUp('github');
  const deep = Buffer.from(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`);
  for (const body of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from('{"a":'), Buffer.from('[]]'), deep]) {
    const verified = verifyInbound(linkWay(github.way).way, signedRequest(github, { body }), context(github));
    expect(verified).toEqual(new Refused('inbound-body-unreadable'));
  }
});

test('two times in one signature are refused', () => {
  const stripe = lookUp('stripe');
  const good = signedRequest(stripe);
  const [value = ''] = good.headers['stripe-signature'] ?? [];
  const headers = { ...good.headers, 'stripe-signature': [`t=1,${value}`] };
  const verified = verifyInbound(linkWay(stripe.way).way, { ...good, headers }, context(stripe));
  expect(verified).toEqual(new Refused('inbound-value-repeated'));
});

test('two signatures of one kind are both tried, those of another kind not', () => {
  const stripe = lookUp('stripe');
  const { way } = linkWay(stripe.way);
  const good = signedRequest(stripe);
  const [value = ''] = good.headers['stripe-signature'] ?? [];
  const [time = '', signature = ''] = value.split(',v1=');
  const verify = (text: string) =>
    verifyInbound(way, { ...good, headers: { ...good.headers, 'stripe-signature': [text] } }, context(stripe));
  expect(verify(`${time},v1=${'0'.repeat(64)},v1=${signature},v0=x`)).toMatchObject({ secret: 0 });
  expect(verify(`${time}, v1=${signature}`)).toMatchObject({ secret: 0 });
  expect(verify(`${time},v0=${signature}`)).toEqual(new Refused('inbound-value-missing'));
  expect(verify(`${time},v1=${'0'.repeat(64)},v0=${signature}`)).toEqual(new Refused('inbound-signature-wrong'));
  const many = Array.from({ length: 20 }, () => `v1=${signature}`).join(',');
  expect(verify(`${time},${many}`)).toEqual(new Refused('inbound-too-large'));
});

test('the fields of a form are sorted by name, those of one name by value and each once', () => {
  const pairs = readForm(Buffer.from('b=2&a=z&a=y&a=z&C=%2B+'));
  expect(pairs instanceof Refused ? null : sortedForm(pairs)).toBe('C+ ayazb2');
});

describe('the spellings of a URL', () => {
  test.each([
    ['https://a.example/x?y=:1', 'https://a.example:443/x?y=:1', 'https://a.example/x?y=:1'],
    ['http://a.example', 'http://a.example:80', 'http://a.example'],
    ['https://a.example:8443/x', 'https://a.example:8443/x', 'https://a.example/x'],
    ['https://[::1]/x', 'https://[::1]:443/x', 'https://[::1]/x'],
    ['https://[::1]:1/x', 'https://[::1]:1/x', 'https://[::1]/x'],
    ['https://a.example?x', 'https://a.example:443?x', 'https://a.example?x'],
  ])('%s', (url, withPort, withoutPort) => {
    expect([urlWithPort(url), urlWithoutPort(url)]).toEqual([withPort, withoutPort]);
  });

  test('only the characters that are named are decoded', () => {
    expect(urlDecoded('/a%3Ab%3ac%20d%25%2F%zz', ':/')).toBe('/a:b:c%20d%25/%zz');
  });
});
