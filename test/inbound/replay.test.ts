/** Captured posts sent again: with another kind of change, another time, or long after. None may tell what is not so. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { sign as signShopify } from '../../src/sandbox/shopify/webhook.ts';
import { begin as beginBench } from './bench.ts';
import { type Post, type Sender, senderOf, senders, type Telling } from './senders.ts';
import type { Site } from './site.ts';

const context = createLinkContext((await loadDialects()).dialects);
const dayMs = 86_400_000;

/** A bench, and `of`: the changes told of a record, with what it was called, oldest first. */
async function begin(sender: Sender, given: string | Connector = sender.vendor) {
  const bench = await beginBench(sender, given);
  const of = async (recordId: string) =>
    (await bench.site.events(bench.id))
      .filter(({ data }) => data.objectId === recordId)
      .map(({ data }) => [data.change, data.record?.['title'] ?? data.record?.['name'] ?? null]);
  return { ...bench, of };
}

const telling = (site: Site, change: Telling['change'], recordId: string, mark: string): Telling => ({
  change,
  recordId,
  atMs: site.now(),
  mark,
});

/** What whoever captured a post can make of it: everything that the proof does not cover. */
const withHeaders = (post: Post, headers: Post['headers']): Post => ({
  ...post,
  headers: { ...post.headers, ...headers },
});

describe.each(['shopify', 'shopify-graphql'])('a signed post of %s under another topic', (vendor) => {
  const sender: Sender = { ...senderOf('shopify'), vendor };

  it('tells no delete of a record that is there', async () => {
    const { site, id, post, settle, of } = await begin(sender);
    const { id: product } = await site.edit('products', { title: 'Bell' });
    const captured = sender.post(site, id, [telling(site, 'created', product, 'm-1')]);
    expect(await post(captured)).toBe(200);
    await settle();
    for (const [mark, atMs] of [
      ['m-1', site.now()],
      ['m-2', site.now()],
      ['m-3', site.now() + 365 * dayMs],
      ['m-4', 0],
    ] as const) {
      const forged = {
        'x-shopify-topic': 'products/delete',
        'x-shopify-webhook-id': mark,
        'x-shopify-triggered-at': new Date(atMs).toISOString(),
      };
      expect(await post(withHeaders(captured, forged))).toBe(200);
    }
    await settle();
    expect(await of(product)).toEqual([['created', 'Bell']]);
    site.advance(600);
    await site.poll(id, 'product');
    expect(await of(product)).toEqual([['created', 'Bell']]);
    // And a true one is told, at once.
    await site.remove('products', product);
    expect(await post(sender.post(site, id, [telling(site, 'deleted', product, 'm-5')]))).toBe(200);
    await settle();
    expect(await of(product)).toEqual([
      ['created', 'Bell'],
      ['deleted', null],
    ]);
  });

  it('of what is really gone tells it at a time that can be', async () => {
    const { site, id, post, settle } = await begin(sender);
    const { id: product } = await site.edit('products', { title: 'Bell' });
    const captured = sender.post(site, id, [telling(site, 'created', product, 'm-1')]);
    expect(await post(captured)).toBe(200);
    await settle();
    site.advance(5);
    await site.remove('products', product);
    const forged = {
      'x-shopify-topic': 'products/delete',
      'x-shopify-webhook-id': 'm-2',
      'x-shopify-triggered-at': new Date(site.now() + 365 * dayMs).toISOString(),
    };
    expect(await post(withHeaders(captured, forged))).toBe(200);
    await settle();
    const told = (await site.events(id)).filter(({ data }) => data.objectId === product);
    expect(told.map(({ data }) => data.change)).toEqual(['created', 'deleted']);
    const at = Date.parse(told[1]?.data.occurredAt ?? '');
    expect(at).toBeGreaterThanOrEqual(Date.parse(told[0]?.data.occurredAt ?? ''));
    expect(at).toBeLessThanOrEqual(site.now() + 1000);
  });

  it('tells nothing of a record that nobody was told of: the id may be another kind of record’s', async () => {
    const { site, id, post, settle, of } = await begin(sender);
    const captured = sender.post(site, id, [telling(site, 'updated', '4711', 'm-1')]);
    expect(await post(withHeaders(captured, { 'x-shopify-topic': 'products/delete' }))).toBe(200);
    await settle();
    expect(await of('4711')).toEqual([]);
  });

  it('does not keep the true one from being taken, under its own mark', async () => {
    const { site, id, post, settle, of } = await begin(sender);
    const { id: product } = await site.edit('products', { title: 'Bell' });
    expect(await post(sender.post(site, id, [telling(site, 'created', product, 'm-1')]))).toBe(200);
    await settle();
    const truth = sender.post(site, id, [telling(site, 'deleted', product, 'm-2')]);
    expect(await post(withHeaders(truth, { 'x-shopify-topic': 'products/update' }))).toBe(200);
    await settle();
    site.advance(5);
    await site.remove('products', product);
    expect(await post(truth)).toBe(200);
    await settle();
    expect(await of(product)).toEqual([
      ['created', 'Bell'],
      ['deleted', null],
    ]);
  });
});

describe('whoever captured the key of dynamics', () => {
  const sender = senderOf('dynamics');

  it('tells no delete of a record that is there, nor of one that never was', async () => {
    const { site, id, post, settle, of } = await begin(sender);
    const { id: contact } = await site.edit('contact', sender.draft);
    expect(await post(sender.post(site, id, [telling(site, 'created', contact, 'm-1')]))).toBe(200);
    await settle();
    const never = '11111111-2222-4333-8444-555555555555';
    for (const recordId of [contact, contact.toUpperCase(), never]) {
      expect(await post(sender.post(site, id, [telling(site, 'deleted', recordId, `x-${recordId}`)]))).toBe(200);
    }
    await settle();
    expect((await of(contact)).map(([change]) => change)).toEqual(['created']);
    expect((await site.events(id)).filter(({ data }) => data.change === 'deleted')).toEqual([]);
  });
});

describe.each(['hubspot', 'quickbooks'])('a post of %s', (vendor) => {
  const sender = senderOf(vendor);

  it('that says of a change that it was a delete is refused: the word is signed', async () => {
    const { site, id, post, settle, of } = await begin(sender);
    const { id: record } = await site.edit(sender.native, sender.draft);
    const captured = sender.post(site, id, [telling(site, 'created', record, 'm-1')]);
    expect(await post(captured)).toBe(200);
    await settle();
    const body = captured.body.replace('creation', 'deletion').replace('created', 'deleted');
    expect(body).not.toBe(captured.body);
    expect(await post({ ...captured, body })).toBe(401);
    await settle();
    expect((await of(record)).map(([change]) => change)).toEqual(['created']);
  });
});

it('an outbound message of salesforce can say no more than that a record is to be read', async () => {
  const sender = senderOf('salesforce');
  const { site, id, post, settle, of } = await begin(sender);
  const { id: contact } = await site.edit('Contact', sender.draft);
  const captured = sender.post(site, id, [telling(site, 'created', contact, 'm-1')]);
  expect(await post(captured)).toBe(200);
  await settle();
  // Who knows the id of the org can write all of it.
  const others = [
    captured.body.replaceAll('sf:Contact', 'sf:Account'),
    captured.body.replaceAll(contact, '0035g00000ZzNoneAA'),
    captured.body.replace('m-1', 'm-2').replace('</sObject>', '<sf:IsDeleted>true</sf:IsDeleted></sObject>'),
  ];
  for (const body of others) expect(await post({ ...captured, body })).toBe(200);
  await settle();
  expect((await of(contact)).map(([change]) => change)).toEqual(['created']);
  expect((await site.events(id)).filter(({ data }) => data.change !== 'created')).toEqual([]);
});

describe.each(senders)('an old post of $vendor, sent again', (sender) => {
  const { native, draft, revision, object, vendor } = sender;

  it('moves no record back, whenever it comes', async () => {
    const { site, id, post, settle } = await begin(sender);
    const { id: record } = await site.edit(native, draft);
    const first = sender.post(site, id, [telling(site, 'created', record, 'm-1')]);
    expect(await post(first)).toBe(200);
    await settle();
    site.advance(10);
    await site.edit(native, revision, record);
    const second = sender.post(site, id, [telling(site, 'updated', record, 'm-2')]);
    expect(await post(second)).toBe(200);
    await settle();
    const told = (await site.events(id)).filter(({ data }) => data.objectId === record);
    expect(told.map(({ data }) => data.change)).toEqual(['created', 'updated']);
    // In time; when the ledger has forgotten the record; when the mark of the delivery is forgotten too.
    for (const hours of [0, 3, 72]) {
      site.advance(hours * 3600);
      for (let round = 0; round < 3; round += 1) await site.poll(id, object);
      const answers = [await post(first), await post(second)];
      expect(answers).toEqual(hours > 0 && vendor === 'hubspot' ? [401, 401] : [200, 200]);
      await settle();
      expect((await site.events(id)).filter(({ data }) => data.objectId === record)).toEqual(told);
    }
  });
});

describe('a vendor whose signed posts bring the record', () => {
  const file = new URL('../../connectors/shopify/connector.json', import.meta.url);
  const definition = JSON.parse(readFileSync(file, 'utf8'));
  const [way] = definition.inbound;
  // Made of Shopify's: kind and change are constants, so that all that is believed is in the signed body.
  const reader = { object: "'product'", objectId: '$string(id)', change: "'updated'", record: '$' };
  const { connector } = linkConnector({ ...definition, inbound: [{ ...way, events: [reader] }] }, context);
  if (connector === null) throw new Error('the connector cannot be linked');
  const bringing = connector;

  const sender: Sender = {
    ...senderOf('shopify'),
    post: () => {
      throw new Error('posts its records itself');
    },
  };
  const postOf = (site: Site, id: string, record: object): Post => {
    const body = JSON.stringify(record);
    return {
      url: site.url('events', id),
      body,
      headers: { 'x-shopify-hmac-sha256': signShopify('sandbox-secret', body) },
    };
  };

  async function start() {
    const { site, id, post, of } = await begin(sender, bringing);
    const settle = async () => {
      const { id: made, record } = await site.edit('products', { title: 'Settled' });
      expect(await post(postOf(site, id, record))).toBe(200);
      await site.until(async () => (await site.events(id)).some(({ data }) => data.objectId === made));
    };
    return { site, id, post, of, settle };
  }

  it('is believed of what is new, without a read', async () => {
    const { site, id, post, of, settle } = await start();
    const { id: product, record } = await site.edit('products', { title: 'Bell' });
    // Nothing is asked of the vendor: it answers nobody now.
    await site.call('PATCH', '/_sandbox/faults', { errorRate: 1 });
    expect(await post(postOf(site, id, record))).toBe(200);
    await settle();
    expect(await of(product)).toEqual([['created', 'Bell']]);
  });

  it('is not of what came in one go with older ones, in any order', async () => {
    const { site, id, post, of, settle } = await start();
    const { id: product, record: oldest } = await site.edit('products', { title: 'Bell' });
    site.advance(5);
    const { record: older } = await site.edit('products', { title: 'Bell, tin' }, product);
    const { record: newest } = await site.edit('products', { title: 'Bell, brass' }, product);
    expect(await post(postOf(site, id, newest))).toBe(200);
    await settle();
    await site.stop();
    await site.begin();
    for (const record of [oldest, older]) expect(await post(postOf(site, id, record))).toBe(200);
    site.runtime.start();
    await settle();
    expect(await of(product)).toEqual([['created', 'Bell, brass']]);
  });

  it('is not of what is older than what was told, in the same second or long forgotten', async () => {
    const { site, id, post, of, settle } = await start();
    const { id: product, record: first } = await site.edit('products', { title: 'Bell' });
    const { record: second } = await site.edit('products', { title: 'Bell, brass' }, product);
    expect(second['updated_at']).toBe(first['updated_at']);
    expect(await post(postOf(site, id, second))).toBe(200);
    await settle();
    const told = [['created', 'Bell, brass']];
    expect(await of(product)).toEqual(told);
    for (const hours of [0, 3, 72]) {
      site.advance(hours * 3600);
      for (let round = 0; round < 3; round += 1) await site.poll(id, 'product');
      expect(await post(postOf(site, id, first))).toBe(200);
      await settle();
      expect(await of(product)).toEqual(told);
    }
  });
});

it('a delete that nothing proves, of a record that nobody was told of, is told by the vendor’s own list at once', async () => {
  const sender = senderOf('shopify');
  const { site, id, post, settle } = await begin(sender);
  // It was there before, and gone while nobody was told of it.
  const { id: product } = await site.edit('products', { title: 'Bell' });
  site.advance(5);
  await site.remove('products', product);
  site.advance(60);
  expect(await post(sender.post(site, id, [telling(site, 'deleted', product, 'm-1')]))).toBe(200);
  await site.until(async () => (await site.events(id)).some(({ data }) => data.objectId === product));
  await settle();
  const told = (await site.events(id)).filter(({ data }) => data.objectId === product);
  expect(told.map(({ data }) => [data.change, data.origin === 'webhook'])).toEqual([['deleted', false]]);
});
