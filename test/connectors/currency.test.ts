/** Where accounts have several currencies, records are asked for theirs. */
import { expect, test } from 'vitest';
import { describedObject } from '../../src/connector/described.ts';
import { readDescription } from '../../src/connector/description.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { openSite } from '../inbound/site.ts';

const { connectors } = await loadConnectors();

const standard = (name: string, type: string) => ({ name, type, custom: false, filterable: true });
const custom = { name: 'Region__c', type: 'string', custom: true, filterable: true };

/** Which fields are asked for in an org that has these beside the declared ones. */
async function askedOf(name: string, fields: readonly object[]): Promise<readonly string[]> {
  const connector = connectors.get('salesforce');
  const describe = connector?.objects.get(name)?.describe;
  if (!connector || !describe) throw new Error(`${name} is not described`);
  const declared = [...(connector.objects.get(name)?.fields.keys() ?? [])].map((field) => standard(field, 'string'));
  const description = await readDescription(describe, { fields: [...declared, ...fields] });
  return describedObject(connector, name, description, { fields: null, where: null }).object?.selected ?? [];
}

test.each(['account', 'opportunity'])(
  'a Salesforce org with several currencies is asked for that of each %s',
  async (name) => {
    const several = [standard('CurrencyIsoCode', 'picklist'), standard('Fiscal', 'string'), custom];
    const asked = await askedOf(name, several);
    expect(asked).toEqual(expect.arrayContaining(['CurrencyIsoCode', 'Region__c']));
    expect(asked).not.toContain('Fiscal');
    expect(await askedOf(name, [custom])).not.toContain('CurrencyIsoCode');
  },
);

/** What a new record with an amount is told with. */
async function toldOf(key: string, object: string, native: string, record: object, settings = {}) {
  const site = await openSite(key);
  const id = await site.connect({ settings, objects: { [object]: {} } });
  await site.poll(id, object);
  await site.edit(native, record as Record<string, unknown>);
  // Past what the vendor's index may lag.
  site.advance(600);
  await site.poll(id, object);
  const [event] = await site.events(id);
  return event?.data.record;
}

const deal = { properties: { dealname: 'Frames', amount: '340.00' } };
const product = { title: 'Frame repair', variants: [{ title: 'Default Title', price: '340.00' }] };

test.each([
  ['hubspot', 'opportunity', 'deals', deal, { amount: '340.00', currency: 'EUR' }],
  ['shopify', 'product', 'products', product, { price: '340.00', currency: 'USD' }],
  ['shopify-graphql', 'product', 'products', product, { price: '340.00', currency: 'USD' }],
])(
  'an account of %s that says its currency once is told with it in each %s',
  async (key, object, native, record, amount) => {
    expect(await toldOf(key, object, native, record)).toMatchObject(amount);
    expect(await toldOf(key, object, native, record, { currency: 'CHF' })).toMatchObject({
      ...amount,
      currency: 'CHF',
    });
  },
);
