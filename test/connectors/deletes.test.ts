/** Deletes of every object of every connector, over sockets: each is told once, by the way that its vendor has. */
import { expect, test } from 'vitest';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
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
  // Of the recycle bin and of the log.
  ['salesforce', 'contact', 15, 2],
  ['hubspot', 'contact', 90, 1],
])(
  '%s is known to have forgotten what was deleted while nobody polled for longer than it keeps it',
  async (key, object, days, places) => {
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
    expect(await noticesAfter((days + 1) * dayMs)).toBe(places);
    expect(await noticesAfter(600_000)).toBe(0);
  },
);
