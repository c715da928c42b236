/** Webhooks of objects that only the account knows, through real sockets, beside their polls. */
import { describe, expect, it } from 'vitest';
import type { InstanceInput } from '../../src/engine/api.ts';
import { authTypes } from '../../src/sandbox/dynamics/webhook.ts';
import { developerKey } from '../../src/sandbox/hubspot/webhook-routes.ts';
import { organizationId } from '../../src/sandbox/salesforce/outbound.ts';
import { openSite, type Site, told } from './site.ts';

interface Vendor {
  readonly vendor: string;
  /** As an instance names it, and as the sandbox does. */
  readonly object: string;
  readonly stored: string;
  readonly draft: Readonly<Record<string, unknown>>;
  readonly revision: Readonly<Record<string, unknown>>;
  readonly access: Pick<InstanceInput, 'settings' | 'credentials'>;
  readonly tellsDeletes: boolean;
  /** Has the vendor tell the instance of the object, as its people would. */
  subscribe(site: Site, id: string): Promise<void>;
}

const app = '/webhooks/v3/1160452';

async function subscribeApp(site: Site): Promise<void> {
  const throttling = { maxConcurrentRequests: 10, period: 'SECONDLY' };
  const targetUrl = site.url('events');
  await site.call('PUT', `${app}/settings?hapikey=${developerKey}`, { targetUrl, throttling });
  for (const kind of ['creation', 'propertyChange', 'deletion']) {
    const named = kind === 'propertyChange' ? { propertyName: 'model' } : {};
    const draft = { eventType: `object.${kind}`, objectTypeId: '2-3465404', active: true, ...named };
    await site.call('POST', `${app}/subscriptions?hapikey=${developerKey}`, draft);
  }
}

const hubspot: Omit<Vendor, 'object'> = {
  vendor: 'hubspot',
  stored: 'p62515_bicycles',
  draft: { properties: { model: 'Courier' } },
  revision: { properties: { model: 'Courier Ulm' } },
  access: { settings: { portalId: '62515' }, credentials: { clientSecret: 'sandbox-secret' } },
  tellsDeletes: true,
  subscribe: subscribeApp,
};

const dynamics: Vendor = {
  vendor: 'dynamics',
  object: 'new_bicycle',
  stored: 'new_bicycle',
  draft: { new_name: 'Courier' },
  revision: { new_name: 'Courier Ulm' },
  access: {},
  tellsDeletes: true,
  subscribe: (site, id) =>
    site.subscribe(site.url('events', id), {
      authtype: authTypes.httpHeader,
      authvalue: '<settings><setting name="x-anyhook-key" value="sandbox-webhook-key" /></settings>',
    }),
};

const salesforce: Omit<Vendor, 'object'> = {
  vendor: 'salesforce',
  stored: 'Invoice__c',
  draft: { Name: 'INV-1' },
  revision: { Name: 'INV-1, corrected' },
  access: { settings: { organizationId } },
  tellsDeletes: false,
  subscribe: (site, id) => site.subscribe(site.url('outbound', id), { object: 'Invoice__c', fields: ['Name'] }),
};

const vendors: readonly Vendor[] = [
  dynamics,
  { ...hubspot, object: '2-3465404' },
  // Its webhooks know only the type id.
  { ...hubspot, object: 'p62515_bicycles' },
  { ...salesforce, object: 'Invoice__c' },
  // Names at this vendor have no case, and its messages say it as it was declared.
  { ...salesforce, object: 'invoice__c' },
];

describe.each(vendors)('webhooks of $vendor for $object', (vendor) => {
  const { object, stored, draft, revision, access, tellsDeletes } = vendor;

  /** An account that is connected and read once, whose vendor tells of what happens. */
  async function begin(): Promise<{ site: Site; id: string }> {
    const site = await openSite(vendor.vendor);
    const id = await site.connect({ ...access, objects: { [object]: {} } });
    await site.poll(id, object);
    await vendor.subscribe(site, id);
    site.advance(5);
    return { site, id };
  }

  it('tell of each change once, and the poll after them finds nothing new', async () => {
    const { site, id } = await begin();
    site.runtime.start();
    const { id: record } = await site.edit(stored, draft);
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.edit(stored, revision, record);
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(5);
    await site.remove(stored, record);
    if (tellsDeletes) {
      await site.sent();
      await site.untilEvents(id, 3);
    }
    site.advance(600);
    await site.poll(id, object);
    const events = await site.events(id);
    expect(told(events)).toEqual([
      ['created', 'webhook', record],
      ['updated', 'webhook', record],
      ['deleted', tellsDeletes ? 'webhook' : 'poll', record],
    ]);
    expect(events.map(({ type }) => type)).toEqual(['created', 'updated', 'deleted'].map((one) => `${object}.${one}`));
    expect(events[1]?.data.record).toMatchObject({
      id: record,
      fields: (revision['properties'] ?? revision) as Readonly<Record<string, unknown>>,
    });
  });

  it('have the ids that the poll gives, when that comes first', async () => {
    const { site, id } = await begin();
    const { id: record } = await site.edit(stored, draft);
    await site.sent();
    await site.poll(id, object);
    await site.edit(stored, revision, record);
    await site.sent();
    await site.poll(id, object);
    await site.remove(stored, record);
    await site.sent();
    await site.poll(id, object);
    const before = await site.events(id);
    expect(told(before)).toEqual([
      ['created', 'poll', record],
      ['updated', 'poll', record],
      ['deleted', 'poll', record],
    ]);
    // What waits in the inbox is worked on now; a later one tells when that is done.
    site.runtime.start();
    const { id: later } = await site.edit(stored, draft);
    await site.sent();
    const events = await site.untilEvents(id, 4);
    expect(told(events.slice(3))).toEqual([['created', 'webhook', later]]);
    expect(events.slice(0, 3)).toEqual(before);
  });

  it('that were lost are repaired by the poll, and counted', async () => {
    const { site, id } = await begin();
    site.runtime.start();
    await site.edit(stored, draft);
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
    const { id: lost } = await site.edit(stored, draft);
    site.advance(120);
    await site.poll(id, object);
    expect(told((await site.untilEvents(id, 2)).slice(1))).toEqual([['created', 'reconcile', lost]]);
    expect(await site.changesPoll(id, object)).toMatchObject({ webhooksLost: 1 });
  });

  it('are acknowledged and not kept while the instance does not have the object on', async () => {
    const { site, id } = await begin();
    await site.runtime.patchInstance(id, { objects: { [object]: { enabled: false } } });
    await site.edit(stored, draft);
    expect(await site.sent()).toEqual(expect.arrayContaining([expect.objectContaining({ status: 200 })]));
    expect(await site.inboxDueAt()).toBeNull();
    await site.runtime.patchInstance(id, { objects: { [object]: { enabled: true } } });
    await site.edit(stored, draft);
    await site.sent();
    expect(await site.inboxDueAt()).not.toBeNull();
  });
});

it('are of a declared object and of one by name at once, where an instance has both on', async () => {
  const site = await openSite('dynamics');
  const id = await site.connect({ objects: { ticket: {}, incident: {} } });
  await site.poll(id, 'ticket', 'incident');
  await dynamics.subscribe(site, id);
  site.advance(5);
  site.runtime.start();
  const { id: record } = await site.edit('incident', { title: 'Frame cracked' });
  await site.sent();
  const events = await site.untilEvents(id, 2);
  expect(events.map(({ type, subject }) => [type, subject]).toSorted()).toEqual([
    ['incident.created', record],
    ['ticket.created', record],
  ]);
});

it('are left to the poll where the account does not tell what they call the object', async () => {
  const site = await openSite('hubspot');
  await site.call('PATCH', '/_sandbox/faults', { path: '/crm-object-schemas', forbidRate: 1 });
  const id = await site.connect({ ...hubspot.access, objects: { p62515_bicycles: {} } });
  await site.poll(id, 'p62515_bicycles');
  await hubspot.subscribe(site, id);
  site.advance(5);
  const { id: record } = await site.edit(hubspot.stored, hubspot.draft);
  expect(await site.sent()).toMatchObject([{ status: 200, notifications: 2 }]);
  expect(await site.inboxDueAt()).toBeNull();
  site.advance(10);
  await site.poll(id, 'p62515_bicycles');
  expect(told(await site.events(id))).toEqual([['created', 'poll', record]]);
});

describe('webhooks of dynamics that the runtime registers for tables by name', () => {
  const tables = async (site: Site): Promise<readonly unknown[]> => {
    const { subscriptions } = await site.call('GET', '/_sandbox/webhooks');
    const all = (subscriptions as readonly { settings: { table: string } }[]).map(({ settings }) => settings.table);
    return [...new Set(all)].toSorted();
  };

  it('tell of every change, come and go with the objects of the instance', async () => {
    const site = await openSite('dynamics');
    // The environment has no key yet: one is made for it.
    const id = await site.connect({ credentials: { webhookKey: '' }, objects: { contact: {}, new_bicycle: {} } });
    await site.poll(id, 'contact', 'new_bicycle');
    site.runtime.start();
    await site.until(async () => {
      const { webhooks = [] } = (await site.runtime.getInstance(id)) ?? {};
      return webhooks.length === 2 && webhooks.every(({ state }) => state === 'registered');
    });
    expect(await tables(site)).toEqual(['contact', 'new_bicycle']);
    site.advance(5);
    const { id: record } = await site.edit('new_bicycle', dynamics.draft);
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.edit('new_bicycle', dynamics.revision, record);
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(5);
    await site.remove('new_bicycle', record);
    expect(await site.sent()).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(told(await site.untilEvents(id, 3))).toEqual([
      ['created', 'webhook', record],
      ['updated', 'webhook', record],
      ['deleted', 'webhook', record],
    ]);
    await site.runtime.patchInstance(id, { objects: { new_bicycle: null, incident: {} } });
    await site.until(async () => (await tables(site)).join() === 'contact,incident');
    await site.runtime.deleteInstance(id);
    await site.until(async () => (await tables(site)).length === 0);
  });

  it('are one for a table that is declared and named', async () => {
    const site = await openSite('dynamics');
    const id = await site.connect({ objects: { ticket: {}, incident: {} } });
    site.runtime.start();
    await site.until(async () => (await tables(site)).length > 0);
    await site.until(async () => (await site.runtime.getInstance(id))?.webhooks?.[0]?.state === 'registered');
    const { webhooks } = (await site.runtime.getInstance(id)) ?? {};
    expect(webhooks).toMatchObject([{ topic: 'incident', state: 'registered' }]);
  });
});
