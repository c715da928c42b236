/** Every case of every connector that comes with anyhook. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCases, runCase } from '../../src/connector/case.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { readResources } from '../../src/connector/package-files.ts';
import { parseSource } from '../../src/connector/source.ts';

const { connectors, files } = await loadConnectors();
const resources = readResources();
const loaded = await Promise.all(
  [...connectors.values()].map(async (connector) => ({
    connector,
    ...(await loadCases(files.get(connector.key) ?? '')),
  })),
);

describe.each(loaded.map((each) => [each.connector.key, each] as const))(
  '%s',
  (_key, { connector, cases, diagnostics }) => {
    test('has cases for every object', () => {
      expect(diagnostics).toEqual([]);
      const covered = new Set(cases.map((each) => each.case.object));
      expect([...connector.objects.keys()].filter((name) => !covered.has(name))).toEqual([]);
    });

    test.each(cases.map((each) => [path.basename(each.source.file), each.case.name, each] as const))(
      '%s: %s',
      async (_file, _name, each) => {
        expect(await runCase(connector, each.case, resources, each.source)).toEqual([]);
      },
    );
  },
);

test('a case that does not hold says where', async () => {
  const connector = connectors.get('salesforce');
  if (connector === undefined) throw new Error('no salesforce connector');
  const value = {
    name: 'wrong',
    object: 'contact',
    native: { Id: '003A', LastName: 'Lind', SystemModstamp: '2026-11-20T16:04:51.000+0000', IsDeleted: true },
    event: {
      objectId: '003B',
      occurredAt: '2026-11-20T16:04:52.000Z',
      record: { id: '003A', lastName: 'Lindt', updatedAt: '2026-11-20T16:04:51.000Z' },
    },
    where: { "LastName = 'Lindt'": true, 'Lastname = 1': true },
  };
  const source = parseSource('case.json', JSON.stringify(value, null, 2));
  const diagnostics = await runCase(connector, value, resources, source);
  expect(diagnostics.map(({ code, pointer }) => [code, pointer])).toEqual([
    ['case-failed', '/event/objectId'],
    ['case-failed', '/event/occurredAt'],
    ['case-failed', "/where/LastName = 'Lindt'"],
    ['where-unknown-field', '/where/Lastname = 1'],
    ['case-failed', '/event/record/lastName'],
  ]);
  expect(diagnostics.every(({ place }) => place?.file === 'case.json' && place.line > 1)).toBe(true);
});

test('a case of an object or feed that is not there', async () => {
  const connector = connectors.get('quickbooks');
  if (connector === undefined) throw new Error('no quickbooks connector');
  const event = { objectId: '1', occurredAt: '2026-11-20T16:04:51.000Z', record: {} };
  expect(await runCase(connector, { name: 'x', object: 'invoices', native: {}, event }, resources)).toMatchObject([
    { code: 'case-failed', help: 'Did you mean "invoice"?' },
  ]);
});
