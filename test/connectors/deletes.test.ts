/** Deletes of every object of every connector, over sockets: each is told once, by the way that its vendor has. */
import { expect, test } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadConnectors, loadDialects, packagedConnectors } from '../../src/connector/load.ts';
import { openSite, type Site } from '../inbound/site.ts';

const { connectors } = await loadConnectors([packagedConnectors]);

const rows = [...connectors.values()].flatMap((connector) =>
  Object.entries(connector.definition.sandbox?.objects ?? {}).map(([object, native]) => ({
    key: connector.key,
    object,
    native,
    // Names of a list are never deleted for good: they go inactive.
    isListed: connector.definition.objects[object]?.deletes?.length === 0,
  })),
);

interface Edited {
  readonly id: string;
}

/** The record that is there for the test, made by the sandbox as a person would enter it. */
async function create(site: Site, native: string): Promise<string> {
  await site.call('POST', '/_sandbox/edit', { object: native, action: 'create', count: 1 });
  const journal = (await site.call('GET', '/_sandbox/journal')) as unknown as readonly Edited[];
  return journal.at(-1)?.id ?? '';
}

/** Change and origin of what was told of a record, oldest first. */
async function toldOf(site: Site, id: string, recordId: string) {
  const events = (await site.events(id)).filter(({ data }) => data.objectId === recordId);
  return events.map(({ data }) => [data.change, data.origin]);
}

/** Created, polled, deleted, polled until every feed has settled. */
async function deletedAt(site: Site, object: string, native: string): Promise<{ id: string; recordId: string }> {
  const id = await site.connect({ objects: { [object]: {} } });
  for (let round = 0; round < 2; round += 1) {
    site.advance(600);
    await site.poll(id, object);
  }
  const recordId = await create(site, native);
  site.advance(600);
  await site.poll(id, object);
  await site.remove(native, recordId);
  // A listing that lacks a record must lack it again before it is believed.
  for (let round = 0; round < 3; round += 1) {
    site.advance(3600);
    await site.poll(id, object);
  }
  return { id, recordId };
}

test.each(rows)('$key $object', async ({ key, object, native, isListed }) => {
  const site = await openSite(key);
  const { id, recordId } = await deletedAt(site, object, native);
  const [created, gone, ...more] = await toldOf(site, id, recordId);
  expect([created, more]).toEqual([['created', 'poll'], []]);
  expect(gone?.[0]).toBe(isListed ? 'updated' : 'deleted');
  const last = (await site.events(id)).at(-1);
  if (isListed) expect(last?.data.record).toMatchObject({ active: false });
});

test.each([
  ['salesforce', 'contact', 15],
  ['hubspot', 'contact', 90],
])(
  '%s is known to have forgotten what was deleted while nobody polled for longer than it keeps it',
  async (key, object, days) => {
    const site = await openSite(key);
    const id = await site.connect({ objects: { [object]: {} } });
    await site.poll(id, object);
    const noticesAfter = async (ms: number) => {
      site.advance(ms / 1_000);
      const outcomes = (await site.runtime.pollNow(id, object)) ?? [];
      return outcomes.map(({ notices }) => notices['history-gap'] ?? 0).reduce((sum, count) => sum + count, 0);
    };
    const dayMs = 86_400_000;
    expect(await noticesAfter((days - 1) * dayMs)).toBe(0);
    expect(await noticesAfter((days + 1) * dayMs)).toBe(1);
    expect(await noticesAfter(600_000)).toBe(0);
  },
);

test('salesforce by its log of deletes, in place of the recycle bin', async () => {
  const ours = connectors.get('salesforce');
  if (ours === undefined) throw new Error('no connector salesforce');
  const site = await openSite(byReplication(ours, createLinkContext((await loadDialects()).dialects)));
  const { id, recordId } = await deletedAt(site, 'contact', 'Contact');
  expect(await toldOf(site, id, recordId)).toEqual([
    ['created', 'poll'],
    ['deleted', 'poll'],
  ]);
  expect((await site.events(id)).at(-1)?.data.record).toBeNull();
});

/** The vendor keeps it for 15 days, says itself up to when an answer is complete, and minds no seconds. */
function byReplication({ definition }: Connector, context: Parameters<typeof linkConnector>[1]): Connector {
  const { contact } = definition.objects;
  const deletes = {
    strategy: 'server-watermark',
    request: {
      method: 'GET',
      path: '/services/data/v{settings.apiVersion}/sobjects/Contact/deleted/',
      query: { start: '{since}', end: '{until}' },
    },
    records: 'deletedRecords',
    page: { kind: 'none' },
    covered: 'latestDateCovered',
    pushdown: false,
    deletedId: 'id',
    retentionSeconds: 1_292_400,
    cursor: {
      field: 'deletedDate',
      granularity: 's',
      inclusive: true,
      zone: 'UTC',
      settleSeconds: 2,
      overlapSeconds: 300,
      cap: null,
      sorted: false,
      pageCursorSeconds: 0,
    },
    everySeconds: 300,
  };
  const fields = {
    ...contact?.fields,
    deletedDate: { type: 'timestamp', granularity: 's', select: false, filterable: false },
  };
  const changed = { ...definition, objects: { contact: { ...contact, fields, deletes: [deletes] } } };
  const { inbound: _inbound, ...alone } = changed;
  const sandbox = { ...definition.sandbox, objects: { contact: 'Contact' } };
  const { connector, diagnostics } = linkConnector({ ...alone, sandbox }, context);
  if (connector === null) throw new Error(JSON.stringify(diagnostics, null, 1));
  return connector;
}
