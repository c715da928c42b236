/** What a webhook's proof covers, and what of an event may be believed for it. */
import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadConnectors, loadDialects } from '../../src/connector/load.ts';
import { acme } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);

const key = { credential: 'secret' };
const signature = { header: 'X-Sign', encoding: 'hex' };
const hmac = (message: string | readonly string[], more: object = {}) => ({
  kind: 'hmac',
  algorithm: 'sha256',
  key,
  signature,
  message,
  ...more,
});
const fixed = { kind: 'static', key, value: { header: 'X-Token' } };
const reader = { object: "'contact'", objectId: 'id', change: 'change' };
const read = { request: { method: 'GET', path: '/contacts/{id}' } };

function link(way: object, contact: object = { ...acme.objects.contact, read }) {
  const inbound = [{ name: 'events', events: [reader], ...way }];
  const { connector, diagnostics } = linkConnector({ ...acme, objects: { contact }, inbound }, context);
  return { way: connector?.inbound.get('events'), diagnostics };
}

const said = (way: object, contact?: object) =>
  link(way, contact).diagnostics.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);

describe('what is covered', () => {
  test.each<[string, object, readonly string[]]>([
    ['the body', { auth: hmac('{body}') }, ['body']],
    ['method, URL and body', { auth: hmac('{method}{url}{body}') }, ['method', 'url', 'body']],
    ['a header', { auth: hmac('{header.X-Topic}.{body}') }, ['header.x-topic', 'body']],
    [
      'the header of a signed time',
      { auth: hmac('{timestamp}{body}'), timestamp: { header: 'X-Time', unit: 's' } },
      ['header.x-time', 'body'],
    ],
    ['of several messages what stands in all', { auth: hmac(['{url}{body}', '{body}']) }, ['body']],
    [
      'a body whose digest is in the signed URL',
      { auth: hmac('{url}', { bodyDigest: { query: 'd', algorithm: 'sha256', encoding: 'hex' } }) },
      ['url', 'body'],
    ],
    ['nothing by a secret that is sent along', { auth: fixed }, []],
    ['less, where the connector says so', { auth: hmac('{method}{body}'), covers: ['body'] }, ['body']],
  ])('%s', (_what, way, expected) => {
    expect([...(link(way).way?.covers ?? ['?'])].toSorted()).toEqual(expected.toSorted());
  });

  test('more than is proved is refused, or of an unsigned request warned of', () => {
    expect(said({ auth: hmac('{body}'), covers: ['body', 'header.X-Topic'] })).toEqual([
      'error inbound-unsigned /inbound/0/covers/1',
    ]);
    expect(said({ auth: fixed, covers: ['body'] })).toEqual(['warning inbound-unsigned /inbound/0/covers/0']);
    expect(said({ auth: fixed, covers: [] })).toEqual([]);
  });
});

describe('a delete is proved', () => {
  const topic = "$substringAfter($headers.'x-topic', '/')";
  test.each<[string, object, object, boolean]>([
    ['by a word of the signed body', { auth: hmac('{body}') }, {}, true],
    ['by nothing in a header', { auth: hmac('{body}') }, { change: topic }, false],
    ['in a header that is signed', { auth: hmac('{header.X-Topic}{body}') }, { change: topic }, true],
    ['not in another', { auth: hmac('{header.X-Topic}{body}') }, { change: '$headers.`x-other`' }, false],
    ['not by all headers', { auth: hmac('{header.X-Topic}{body}') }, { change: "$lookup($headers, 'x-topic')" }, false],
    ['not by what is evaluated later', { auth: hmac('{body}') }, { change: "$eval('$' & 'headers.x')" }, false],
    ['not by a query that is not', { auth: hmac('{body}') }, { change: '$query.change' }, false],
    ['by a query in the signed URL', { auth: hmac('{url}{body}') }, { change: '$query.change' }, true],
    ['not of any record', { auth: hmac('{body}') }, { objectId: "$headers.'x-id'" }, false],
    ['not of any kind', { auth: hmac('{body}') }, { object: "$headers.'x-kind'" }, false],
    ['not at any time', { auth: hmac('{body}') }, { occurredAt: "$headers.'x-at'" }, false],
    ['whatever marks the delivery', { auth: hmac('{body}') }, { dedupe: "$headers.'x-mark'" }, true],
    ['by no secret that is sent along', { auth: fixed }, {}, false],
    ['where none is told', { auth: fixed }, { change: "'updated'" }, true],
    ['where no word means one', { auth: fixed }, { changes: { made: 'created' } }, true],
    ['not where the constant means one', { auth: fixed }, { change: "'gone'", changes: { gone: 'deleted' } }, false],
  ])('%s', (_what, way, words, expected) => {
    const { way: linked } = link({ ...way, events: [{ ...reader, ...words }] });
    expect(linked?.events.map(({ provesDeletes }) => provesDeletes)).toEqual([expected]);
  });

  test('or an object without read is warned of: nothing could confirm it', () => {
    const { contact } = acme.objects;
    expect(said({ auth: fixed }, contact)).toEqual([
      'warning inbound-unread /inbound/0/events/0/object',
      'warning inbound-unsigned /inbound/0/events/0/object',
    ]);
    expect(said({ auth: hmac('{body}'), events: [{ ...reader, record: '$' }] }, contact)).toEqual([]);
  });
});

describe('the record of an event is taken', () => {
  test.each<[string, object, object, boolean]>([
    ['from a signed body', { auth: hmac('{body}') }, {}, true],
    ['from no other', { auth: fixed }, {}, false],
    ['unless its kind could be another', { auth: hmac('{body}') }, { object: "$headers.'x-kind'" }, false],
  ])('%s', (_what, way, words, expected) => {
    const { way: linked } = link({ ...way, events: [{ ...reader, ...words, record: '$' }] });
    expect(linked?.events.map(({ record }) => record !== null)).toEqual([expected]);
  });
});

test('of the connectors that come with anyhook all say what they cover', async () => {
  const { connectors } = await loadConnectors();
  const ways = [...connectors.values()].flatMap(({ definition }) => definition.inbound ?? []);
  expect(ways.filter(({ covers }) => covers === undefined)).toEqual([]);
  const proved = [...connectors.values()].map(({ key: name, inbound }) => [
    name,
    [...inbound.values()].every(({ events }) => events.every(({ provesDeletes }) => provesDeletes)),
  ]);
  expect(Object.fromEntries(proved)).toEqual({
    dynamics: false,
    hubspot: true,
    quickbooks: true,
    salesforce: true,
    shopify: false,
    'shopify-graphql': false,
  });
});
