/** Deletes of Salesforce, by its recycle bin and by its log: each is told once, also of what was purged in between. */
import { expect, test } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadConnectors, loadDialects, packagedConnectors } from '../../src/connector/load.ts';
import type { ConnectorDefinition, ObjectDefinition } from '../../src/definition/connector.ts';
import type { ObjectInput } from '../../src/engine/api.ts';
import { openSite, type Site } from '../inbound/site.ts';

const { connectors } = await loadConnectors([packagedConnectors]);
const context = createLinkContext((await loadDialects()).dialects);
const dayS = 86_400;

/** The shipped connector with the ways in which contacts' deletes are found made other ones. */
function withDeletes(
  change: (deletes: NonNullable<ObjectDefinition['deletes']>) => ObjectDefinition['deletes'],
): Connector {
  const shipped = connectors.get('salesforce')?.definition;
  const contact = shipped?.objects['contact'];
  if (shipped === undefined || contact?.deletes === undefined) throw new Error('no contacts with deletes');
  const objects = { ...shipped.objects, contact: { ...contact, deletes: change(contact.deletes) ?? [] } };
  const definition: ConnectorDefinition = { ...shipped, objects };
  const { connector, diagnostics } = linkConnector(definition, context);
  if (connector === null) throw new Error(JSON.stringify(diagnostics, null, 1));
  return connector;
}

/** Watches contacts, from long enough ago that every way has a place. */
async function watch(site: Site, contact: ObjectInput = {}): Promise<string> {
  const id = await site.connect({ objects: { contact } });
  for (let round = 0; round < 2; round += 1) await pollAfter(site, id, 600);
  return id;
}

async function pollAfter(site: Site, id: string, seconds: number, object = 'contact'): Promise<void> {
  site.advance(seconds);
  await site.poll(id, object);
}

/** Polls often enough that whatever is still to be read again is. */
async function settle(site: Site, id: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) await pollAfter(site, id, 600);
}

async function create(site: Site, record: Record<string, unknown> = {}): Promise<string> {
  return (await site.edit('Contact', { LastName: 'Lind', ...record })).id;
}

const purge = (site: Site, id: string, object = 'Contact') => site.call('POST', '/_sandbox/purge', { object, id });
const restore = (site: Site, id: string) => site.call('POST', '/_sandbox/restore', { object: 'Contact', id });

/** What was told of a record, oldest first. */
async function toldOf(site: Site, id: string, recordId: string) {
  return (await site.events(id)).filter(({ data }) => data.objectId === recordId);
}

const changesOf = async (site: Site, id: string, recordId: string) =>
  (await toldOf(site, id, recordId)).map(({ data }) => data.change);

test('a record that was purged between two polls is told once, by its id and the time of its delete', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordId = await create(site);
  await pollAfter(site, id, 600);
  const goneMs = site.now();
  await purge(site, recordId);
  await settle(site, id);
  const [created, deleted, ...more] = await toldOf(site, id, recordId);
  expect([created?.data.change, deleted?.data.change, more]).toEqual(['created', 'deleted', []]);
  expect(deleted?.data).toMatchObject({ origin: 'poll', record: null });
  expect(deleted?.time).toBe(new Date(Math.floor(goneMs / 1000) * 1000).toISOString());
});

test('a record in the recycle bin is told once, with what is left of it, and not again when it is purged', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordId = await create(site);
  await pollAfter(site, id, 600);
  await site.remove('Contact', recordId);
  await settle(site, id);
  await purge(site, recordId);
  await settle(site, id);
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted']);
  expect((await toldOf(site, id, recordId)).at(-1)?.data.record).toMatchObject({ lastName: 'Lind' });
});

test('what was purged while the runtime was down is told as soon as it is back', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordIds = [await create(site), await create(site)];
  await pollAfter(site, id, 600);
  await site.stop();
  for (const recordId of recordIds) {
    site.advance(3 * dayS);
    await purge(site, recordId);
  }
  site.advance(dayS);
  await site.begin();
  // The log is read day by day, and ends each in a minute of its own: all of it in the first poll.
  await pollAfter(site, id, 600);
  for (const recordId of recordIds) expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted']);
});

test('a record that was brought back is told so, and the log takes nothing back of it', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordId = await create(site);
  await pollAfter(site, id, 600);
  await site.remove('Contact', recordId);
  await pollAfter(site, id, 600);
  await restore(site, recordId);
  await settle(site, id);
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted', 'created']);
  await purge(site, recordId);
  await settle(site, id);
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted', 'created', 'deleted']);
});

test('a record that was deleted and brought back between two polls is no deleted one', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordId = await create(site);
  await pollAfter(site, id, 600);
  await site.remove('Contact', recordId);
  site.advance(30);
  await restore(site, recordId);
  await settle(site, id);
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'updated']);
});

test('a log that was out of reach for days does not tell of what was brought back meanwhile', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const recordId = await create(site);
  await pollAfter(site, id, 600);
  await site.call('PATCH', '/_sandbox/faults', { path: '/deleted/', errorRate: 1 });
  await site.remove('Contact', recordId);
  await restore(site, recordId);
  const failures: (string | undefined)[] = [];
  // So long that nothing is remembered of a record that nobody has edited since.
  for (let day = 0; day < 8; day += 1) {
    site.advance(dayS);
    for (const { failure } of (await site.runtime.pollNow(id, 'contact')) ?? []) failures.push(failure?.code);
  }
  expect(new Set(failures)).toEqual(new Set([undefined, 'vendor-unavailable']));
  await site.call('PATCH', '/_sandbox/faults', { errorRate: 0 });
  await settle(site, id);
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'updated']);
});

test('whichever way comes first, a delete is told once', async () => {
  const site = await openSite(withDeletes(([bin, log]) => (bin && log ? [log, { ...bin, name: 'bin' }] : [])));
  const id = await watch(site);
  const [binned, purged] = [await create(site), await create(site)];
  await pollAfter(site, id, 600);
  await site.remove('Contact', binned);
  await purge(site, purged);
  await settle(site, id);
  for (const recordId of [binned, purged]) expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted']);
});

test('a record that nobody asked for is not told as deleted because the log has no more than its id', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site, { where: "Department = 'Sales'" });
  const [theirs, ours] = [await create(site, { Department: 'Law' }), await create(site, { Department: 'Sales' })];
  await pollAfter(site, id, 600);
  for (const recordId of [theirs, ours]) await site.remove('Contact', recordId);
  await settle(site, id);
  expect(await changesOf(site, id, theirs)).toEqual([]);
  expect(await changesOf(site, id, ours)).toEqual(['created', 'deleted']);
});

test('an instance from before the log goes on where it stands: nothing old is told again, nothing new is missed', async () => {
  const site = await openSite(withDeletes(([bin]) => (bin === undefined ? [] : [bin])));
  const id = await watch(site);
  const [old, purged, later] = [await create(site), await create(site), await create(site)];
  await pollAfter(site, id, 600);
  await site.remove('Contact', old);
  // So long that the ledger has forgotten what it told, and the log has not.
  for (let day = 0; day < 12; day += 1) await pollAfter(site, id, dayS);
  await purge(site, purged);
  await pollAfter(site, id, 600);
  expect(await changesOf(site, id, purged)).toEqual(['created']);
  await site.stop();
  Object.assign(site, { connector: connectors.get('salesforce') });
  await site.begin();
  site.advance(600);
  const found = ((await site.runtime.pollNow(id, 'contact')) ?? []).map(({ deleted }) => deleted);
  // The purged one, and not the old one once more.
  expect(found).toEqual([0, 1]);
  await settle(site, id);
  await purge(site, later);
  await settle(site, id);
  expect(await changesOf(site, id, old)).toEqual(['created', 'deleted']);
  expect(await changesOf(site, id, purged)).toEqual(['created', 'deleted']);
  expect(await changesOf(site, id, later)).toEqual(['created', 'deleted']);
});

test('what was deleted before an instance began is not told, though the log minds no seconds', async () => {
  const site = await openSite('salesforce');
  const [early, late] = [await create(site), await create(site)];
  // The first second of a minute, so that the instance begins in the same one.
  site.advance(60 - (Math.floor(site.now() / 1000) % 60));
  await purge(site, early);
  site.advance(30);
  const id = await site.connect({ objects: { contact: {} } });
  site.advance(10);
  await purge(site, late);
  await settle(site, id);
  expect(await changesOf(site, id, early)).toEqual([]);
  expect(await changesOf(site, id, late)).toEqual(['deleted']);
});

test('a log that was cut short is known to have forgotten, once, and what it still has is told', async () => {
  const site = await openSite('salesforce');
  const id = await watch(site);
  const [forgotten, kept] = [await create(site), await create(site)];
  await pollAfter(site, id, 600);
  await purge(site, forgotten);
  site.advance(2 * dayS);
  await purge(site, kept);
  site.advance(3600);
  await site.call('PATCH', '/_sandbox/faults', { deletesKeptSeconds: 2 * 3600 });
  const gaps = async () =>
    ((await site.runtime.pollNow(id, 'contact')) ?? []).map(({ failure, notices }) => [
      failure,
      notices['history-gap'] ?? 0,
    ]);
  expect(await gaps()).toEqual([
    [null, 0],
    [null, 1],
  ]);
  site.advance(600);
  expect((await gaps()).map(([, count]) => count)).toEqual([0, 0]);
  expect(await changesOf(site, id, forgotten)).toEqual(['created']);
  expect(await changesOf(site, id, kept)).toEqual(['created', 'deleted']);
});

test('the log is not asked about an object that is not replicated', async () => {
  const site = await openSite('salesforce');
  const id = await site.connect({ objects: { AccountPartner: {} } });
  const { id: recordId } = await site.edit('AccountPartner', { Role: 'Supplier' });
  await pollAfter(site, id, 600, 'AccountPartner');
  await site.remove('AccountPartner', recordId);
  // Each poll must go well.
  for (let round = 0; round < 2; round += 1) await pollAfter(site, id, 600, 'AccountPartner');
  expect(await changesOf(site, id, recordId)).toEqual(['created', 'deleted']);
});
