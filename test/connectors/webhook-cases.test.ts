/** Every webhook case of every connector that comes with anyhook: a signed request in, its events out, what is spoilt refused. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCases } from '../../src/connector/case.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { runWebhookCase } from '../../src/contract/webhook-case.ts';

const kinds = ['forged', 'wrong-key', 'replayed', 'future-dated', 'truncated', 're-serialised', 'wrong-url'];

const { connectors, files } = await loadConnectors();
const loaded = await Promise.all(
  [...connectors.values()]
    .filter(({ inbound }) => inbound.size > 0)
    .map(async (connector) => ({ connector, ...(await loadCases(files.get(connector.key) ?? '')) })),
);

test('there are connectors with webhooks', () => {
  expect(loaded.map(({ connector }) => connector.key)).toEqual(
    expect.arrayContaining(['dynamics', 'hubspot', 'quickbooks', 'salesforce', 'shopify', 'shopify-graphql']),
  );
});

describe.each(loaded.map((each) => [each.connector.key, each] as const))('%s', (_key, { connector, webhooks }) => {
  test('has a case of every way', () => {
    const covered = new Set(webhooks.map((each) => each.case.way));
    expect([...connector.inbound.keys()].filter((name) => !covered.has(name))).toEqual([]);
  });

  describe.each(webhooks.map((each) => [path.basename(each.source.file), each] as const))('%s', (_file, each) => {
    test('says what becomes of every variant', () => {
      // Outbound messages have no word for a delete.
      const isChange = connector.key !== 'salesforce' && each.case.told?.some(({ change }) => change !== 'deleted');
      const wanted = isChange === true ? [...kinds, 're-labelled'] : kinds;
      expect(Object.keys(each.case.variants).sort()).toEqual(wanted.toSorted());
    });

    test(each.case.name, async () => {
      expect(await runWebhookCase(connector, each.case, each.source)).toEqual([]);
    });
  });
});
