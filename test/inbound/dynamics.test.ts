/** Webhooks of Dynamics through real sockets, beside its polls. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
import { renderSubscription, type SubscriptionValues } from '../../src/connector/render-subscription.ts';
import { readSubscription } from '../../src/inbound/subscription.ts';
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

describe('the requests that register', () => {
  const settings = { apiVersion: '9.2' };

  /** Sends the connector's own requests, in their order, with a token of the environment. */
  async function openRegistrar(site: Site, id: string) {
    const { connectors } = await loadConnectors([packagedConnectors]);
    const rules = connectors.get('dynamics')?.inbound.get('events')?.subscriptions;
    if (rules === null || rules === undefined || rules.remove === null) throw new Error('dynamics registers nothing');
    const { tenantId, clientId, clientSecret } = site.sandbox.credentials;
    const issued = await fetch(`${site.sandbox.origin}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: String(clientId),
        client_secret: String(clientSecret),
        scope: `${site.sandbox.origin}/.default`,
      }),
    });
    const { access_token } = (await issued.json()) as { access_token: string };
    const send = async (step: typeof rules.register, topic: string, subscription: Record<string, string>) => {
      const callback = { url: site.url('events', id), secret: key };
      const values: SubscriptionValues = { settings, callback, topic, subscription, nowMs: site.now() };
      const { method, path, query, headers, body } = renderSubscription(step, values);
      const target = `/api/data/v9.2${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`;
      const answer = await site.call(method, target, body ?? undefined, {
        ...headers,
        authorization: `Bearer ${access_token}`,
      });
      return readSubscription(step, answer, site.now()).captured;
    };
    const { prepare, register, remove } = rules;
    return {
      topics: rules.topics,
      register: async (topic: string) => {
        let captured: Record<string, string> = {};
        for (const step of prepare) captured = { ...captured, ...(await send(step, topic, captured)) };
        return send(register, topic, captured);
      },
      remove: (topic: string, subscription: Record<string, string>) => send(remove, topic, subscription),
    };
  }

  it('make one endpoint for each table, of which every change is told, until it is removed', async () => {
    const site = await openSite('dynamics');
    const id = await site.connect({ objects: { contact: {}, account: {} } });
    await site.poll(id, 'contact', 'account');
    site.runtime.start();
    const registrar = await openRegistrar(site, id);
    expect(registrar.topics).toContainEqual({ object: 'ticket', topic: 'incident' });
    const registered = await registrar.register('contact');
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
    await registrar.remove('contact', registered);
    await site.edit('contact', { lastname: 'Unheard' });
    expect(await site.sent()).toHaveLength(3);
  });
});
