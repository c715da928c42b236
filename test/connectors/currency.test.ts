/** Where accounts have several currencies, records are asked for theirs. */
import { expect, test } from 'vitest';
import { describedObject } from '../../src/connector/described.ts';
import { readDescription } from '../../src/connector/description.ts';
import { loadConnectors } from '../../src/connector/load.ts';

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
