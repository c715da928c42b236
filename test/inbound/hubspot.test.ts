/** Webhooks of HubSpot through real sockets, beside its polls. */
import { Signature } from '@hubspot/api-client';
import { describe, expect, it } from 'vitest';
import { developerKey } from '../../src/sandbox/hubspot/webhook-routes.ts';
import { openSite, type Site, told } from './site.ts';

const app = '/webhooks/v3/1160452';
const bearer = { authorization: 'Bearer pat-na1-sandbox' };
const contacts = '/crm/v3/objects/contacts';

const target = (site: Site, targetUrl: string) =>
  site.call('PUT', `${app}/settings?hapikey=${developerKey}`, {
    targetUrl,
    throttling: { maxConcurrentRequests: 10, period: 'SECONDLY' },
  });

/** An account that is connected and read once, and an app that is subscribed to its contacts. */
async function begin(): Promise<{ site: Site; id: string }> {
  const site = await openSite('hubspot');
  const details = await site.call('GET', '/account-info/v3/details', undefined, bearer);
  const id = await site.connect({
    settings: { portalId: String(details['portalId']) },
    credentials: { clientSecret: 'sandbox-secret' },
    objects: { contact: {} },
  });
  await target(site, `${site.url('events')}?a=%2Fb`);
  for (const eventType of ['contact.creation', 'contact.deletion', 'contact.propertyChange']) {
    const named = eventType === 'contact.propertyChange' ? { propertyName: 'email' } : {};
    await site.call('POST', `${app}/subscriptions?hapikey=${developerKey}`, { eventType, active: true, ...named });
  }
  await site.poll(id, 'contact');
  site.advance(1);
  return { site, id };
}

const add = async (site: Site, email: string) =>
  String((await site.call('POST', contacts, { properties: { email } }, bearer))['id']);

const archive = (site: Site, record: string) => site.call('DELETE', `${contacts}/${record}`, undefined, bearer);

describe('webhooks of hubspot', () => {
  it('tell of a change once, whoever tells it: webhook, then poll', async () => {
    const { site, id } = await begin();
    site.runtime.start();
    const record = await add(site, 'mara@lindcycles.example');
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(60);
    await archive(site, record);
    await site.sent();
    await site.untilEvents(id, 2);
    await site.poll(id, 'contact');
    expect(told(await site.events(id))).toEqual([
      ['created', 'webhook', record],
      ['deleted', 'webhook', record],
    ]);
  });

  it('tell of a change once: poll, then webhook, even from a backlog read after a restart', async () => {
    const { site, id } = await begin();
    const record = await add(site, 'mara@lindcycles.example');
    await site.sent();
    await site.poll(id, 'contact');
    site.advance(1);
    await archive(site, record);
    await site.sent();
    await site.poll(id, 'contact');
    const before = await site.events(id);
    expect(told(before)).toEqual([
      ['created', 'poll', record],
      ['deleted', 'poll', record],
    ]);
    // Acknowledged and not worked on: the process ends, and another takes over.
    await site.stop();
    await site.begin();
    site.runtime.start();
    site.advance(60);
    const later = await add(site, 'later@lindcycles.example');
    await site.sent();
    expect(told((await site.untilEvents(id, 3)).slice(2))).toEqual([['created', 'webhook', later]]);
    expect((await site.events(id)).slice(0, 2)).toEqual(before);
  });

  it('of a merge, subscribed to by type id, tell the one that stays and the one that is gone', async () => {
    const { site, id } = await begin();
    const stays = await add(site, 'stays@lindcycles.example');
    const gone = await add(site, 'gone@lindcycles.example');
    await site.sent();
    await site.poll(id, 'contact');
    const draft = { eventType: 'object.merge', objectTypeId: '0-1', active: true };
    await site.call('POST', `${app}/subscriptions?hapikey=${developerKey}`, draft);
    site.runtime.start();
    site.advance(60);
    await site.call('POST', `${contacts}/merge`, { primaryObjectId: stays, objectIdToMerge: gone }, bearer);
    await site.sent();
    const events = (await site.untilEvents(id, 4)).slice(2);
    expect(told(events).toSorted()).toEqual([
      ['deleted', 'webhook', gone],
      ['updated', 'webhook', stays],
    ]);
    await site.poll(id, 'contact');
    expect(await site.events(id)).toHaveLength(4);
  });

  it('that were lost are repaired by the poll, and counted', async () => {
    const { site, id } = await begin();
    site.runtime.start();
    await add(site, 'first@lindcycles.example');
    await site.sent();
    await site.untilEvents(id, 1);
    await target(site, 'http://127.0.0.1:9/');
    site.advance(1);
    const lost = await add(site, 'lost@lindcycles.example');
    site.advance(60);
    await site.poll(id, 'contact');
    expect(told((await site.untilEvents(id, 2)).slice(1))).toEqual([['created', 'reconcile', lost]]);
    expect(await site.changesPoll(id, 'contact')).toMatchObject({ webhooksLost: 1 });
  });
});

it('refuses what is not signed, and says nothing of why', async () => {
  const { site, id } = await begin();
  for (const url of [site.url('events'), site.url('events', id)]) {
    const headers = {
      'content-type': 'application/x-anything',
      'x-hubspot-signature-v3': 'AAAA',
      'x-hubspot-request-timestamp': String(site.now()),
    };
    const answer = await fetch(url, { method: 'POST', headers, body: '[{"objectId":1}]' });
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url, { method: 'POST', body: Buffer.alloc(2_000_000) })).status).toBe(413);
  }
  for (const unknown of ['nobody/events', 'hubspot/none', 'hubspot/events/ins_none']) {
    expect((await fetch(`${site.publicUrl}/v1/inbound/${unknown}`, { method: 'POST' })).status).toBe(404);
  }
  expect(await site.events(id)).toEqual([]);
});

it('takes no signature of an older version, which holds no time: whoever captured one could send it for ever', async () => {
  const { site } = await begin();
  const url = site.url('events');
  const requestBody = '[{"eventId":1,"objectId":1}]';
  const sentAtMs = site.now();
  const parts = { clientSecret: 'sandbox-secret', requestBody, url, timestamp: sentAtMs };
  const sign = (version: 'v1' | 'v2' | 'v3') =>
    Signature.getSignature('POST', version, { ...parts, signature: '', signatureVersion: version });
  for (const version of ['v1', 'v2'] as const) {
    const older = { 'x-hubspot-signature': sign(version), 'x-hubspot-signature-version': version };
    expect(await site.post(url, requestBody, older)).toBe(401);
    const newest = { 'x-hubspot-signature-v3': sign('v3'), 'x-hubspot-request-timestamp': String(sentAtMs) };
    expect(await site.post(url, requestBody, { ...older, ...newest })).toBe(200);
  }
});
