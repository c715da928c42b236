/** Webhooks of Dynamics through real sockets, beside its polls. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authTypes } from '../../src/sandbox/dynamics/webhook.ts';
import { openSite, type Site, told } from './site.ts';

const key = 'sandbox-webhook-key';
const inHeader = {
  authtype: authTypes.httpHeader,
  authvalue: `<settings><setting name="x-anyhook-key" value="${key}" /></settings>`,
};
const inUrl = { authtype: authTypes.webhookKey, authvalue: key };

/** An environment that is connected and read once, and posts what happens to its contacts and opportunities. */
async function begin(way: 'events' | 'key' = 'events'): Promise<{ site: Site; id: string }> {
  const site = await openSite('dynamics');
  const id = await site.connect({ objects: { contact: {}, opportunity: {} } });
  await site.poll(id, 'contact', 'opportunity');
  await site.subscribe(site.url(way, id), way === 'key' ? inUrl : inHeader);
  site.advance(5);
  return { site, id };
}

describe.each(['events', 'key'] as const)('webhooks of dynamics, by the way %s', (way) => {
  it('tell of create, update and delete once, and the poll after them finds nothing new', async () => {
    const { site, id } = await begin(way);
    site.runtime.start();
    const { id: contact } = await site.edit('contact', { lastname: 'Lind' });
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.edit('contact', { firstname: 'Mara' }, contact);
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(5);
    await site.remove('contact', contact);
    await site.sent();
    const events = await site.untilEvents(id, 3);
    expect(told(events)).toEqual([
      ['created', 'webhook', contact],
      ['updated', 'webhook', contact],
      ['deleted', 'webhook', contact],
    ]);
    expect(events.map(({ data }) => data.record)).toMatchObject([
      { firstName: null, lastName: 'Lind' },
      { firstName: 'Mara' },
      {},
    ]);
    site.advance(600);
    await site.poll(id, 'contact');
    expect(await site.events(id)).toEqual(events);
  });

  it('have the ids that the poll gives, when that comes first', async () => {
    const { site, id } = await begin(way);
    const { id: contact } = await site.edit('contact', { lastname: 'Lind' });
    await site.sent();
    await site.poll(id, 'contact');
    await site.edit('contact', { firstname: 'Mara' }, contact);
    await site.sent();
    await site.poll(id, 'contact');
    await site.remove('contact', contact);
    await site.sent();
    await site.poll(id, 'contact');
    const before = await site.events(id);
    expect(told(before)).toEqual([
      ['created', 'poll', contact],
      ['updated', 'poll', contact],
      ['deleted', 'poll', contact],
    ]);
    // What waits in the inbox is worked on now; a later one tells when that is done.
    site.runtime.start();
    const { id: later } = await site.edit('contact', { lastname: 'Later' });
    await site.sent();
    const events = await site.untilEvents(id, 4);
    expect(told(events.slice(3))).toEqual([['created', 'webhook', later]]);
    expect(events.slice(0, 3)).toEqual(before);
  });
});

it('repairs by the poll what was lost, and counts it', async () => {
  const { site, id } = await begin();
  site.runtime.start();
  await site.edit('contact', { lastname: 'First' });
  await site.sent();
  await site.untilEvents(id, 1);
  site.advance(5);
  await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
  const { id: lost } = await site.edit('contact', { lastname: 'Lost' });
  site.advance(120);
  await site.poll(id, 'contact');
  expect(told((await site.untilEvents(id, 2)).slice(1))).toEqual([['created', 'reconcile', lost]]);
  expect(await site.changesPoll(id, 'contact')).toMatchObject({ webhooksLost: 1 });
});

it('reads what is too large for a post from the environment', async () => {
  const { site, id } = await begin();
  site.runtime.start();
  await site.edit('contact', { lastname: 'Lind', description: 'ä'.repeat(600_000) });
  await site.sent();
  const [event] = await site.untilEvents(id, 1);
  expect(event?.data).toMatchObject({ change: 'created', record: { lastName: 'Lind' } });
});

it('refuses a wrong key, the key in the wrong place, and the key of another instance', async () => {
  const { site, id } = await begin();
  const other = await site.connect({ credentials: { webhookKey: 'another-webhook-key' }, objects: { contact: {} } });
  const body = JSON.stringify({ MessageName: 'Delete', PrimaryEntityName: 'contact', PrimaryEntityId: randomUUID() });
  const url = site.url('events', id);
  const post = (target: string, headers: Record<string, string>) => site.post(target, body, headers);
  expect(await post(url, {})).toBe(401);
  expect(await post(url, { 'x-anyhook-key': `${key}x` })).toBe(401);
  expect(await post(url, { 'x-anyhook-key': '' })).toBe(401);
  expect(await post(`${url}?code=${key}`, {})).toBe(401);
  expect(await post(site.url('key', id), { 'x-anyhook-key': key })).toBe(401);
  expect(await post(`${site.url('key', id)}?code=${key}&code=x`, {})).toBe(401);
  expect(await post(site.url('events', other), { 'x-anyhook-key': key })).toBe(401);
  // The posts name no account, so there is no URL for all instances.
  expect(await post(site.url('events'), { 'x-anyhook-key': key })).toBe(401);
  await site.call('PATCH', '/_sandbox/faults', { webhookForgeRate: 1 });
  await site.edit('contact', { lastname: 'Forged' });
  expect(await site.sent()).toMatchObject([{ status: 401, isForged: true }]);
});

describe('webhooks that the runtime registers by itself', () => {
  const endpoints = async (site: Site) =>
    ((await site.call('GET', '/_sandbox/webhooks'))['subscriptions'] as readonly Record<string, unknown>[]).map(
      ({ settings }) => settings,
    );

  it('are for the tables that the instance reads, tell of every change, and go with the instance', async () => {
    const site = await openSite('dynamics');
    // The environment has no key yet: one is made for it.
    const id = await site.connect({ credentials: { webhookKey: '' }, objects: { contact: {}, ticket: {} } });
    await site.poll(id, 'contact', 'ticket');
    site.runtime.start();
    await site.until(async () => {
      const { webhooks = [] } = (await site.runtime.getInstance(id)) ?? {};
      return webhooks.length === 2 && webhooks.every(({ state }) => state === 'registered');
    });
    expect(await endpoints(site)).toMatchObject(
      ['contact', 'incident'].flatMap((table) =>
        ['Create', 'Update', 'Delete'].map((message) => ({ message, table, authtype: authTypes.httpHeader })),
      ),
    );
    site.advance(5);
    const { id: contact } = await site.edit('contact', { lastname: 'Lind' });
    await site.edit('account', { name: 'Lind Cycles' });
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.edit('contact', { firstname: 'Mara' }, contact);
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(5);
    await site.remove('contact', contact);
    expect(await site.sent()).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(told(await site.untilEvents(id, 3))).toEqual([
      ['created', 'webhook', contact],
      ['updated', 'webhook', contact],
      ['deleted', 'webhook', contact],
    ]);
    await site.runtime.deleteInstance(id);
    await site.until(async () => (await endpoints(site)).length === 0);
  });
});
