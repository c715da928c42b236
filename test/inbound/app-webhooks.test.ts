/** Webhooks that belong to the operator's app, through real sockets: registered, told by, put right and removed. */
import { describe, expect, it, vi } from 'vitest';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
import type { AppView, InstanceInput } from '../../src/engine/api.ts';
import type { Apps } from '../../src/engine/apps.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { type Clock, systemClock } from '../../src/http/clock.ts';
import { developerKey } from '../../src/sandbox/hubspot/webhook-routes.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { startPostgres } from '../store/postgres-server.ts';
import { openSite, type Site, told } from './site.ts';

vi.setConfig({ testTimeout: 120_000 });

const app = '/webhooks/v3/1160452';
const bearer = { authorization: 'Bearer pat-na1-sandbox' };
const contacts = '/crm/v3/objects/contacts';

const appsOf = (origin: string, parts: Record<string, string> = {}): Apps => ({
  hubspot: {
    baseUrl: origin,
    appId: '1160452',
    developerKey,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    ...parts,
  },
});

/** As it is when a person has connected it. */
const account: Partial<InstanceInput> = {
  settings: { portalId: '62515' },
  credentials: { refreshToken: 'sandbox-refresh-token' },
  objects: { contact: {} },
};

/** A runtime with these apps, and an account that is connected through the one of the connector. */
async function begin(parts: Record<string, string> = {}, input = account): Promise<{ site: Site; id: string }> {
  const site = await openSite('hubspot');
  // The clock is moved faster than the sandbox's quota is meant for.
  await site.call('PATCH', '/_sandbox/faults', { quotaPerBurst: 1_000_000 });
  const id = await restart(site, parts, () => site.connect(input));
  return { site, id };
}

/** The runtime begins anew with these parts of its app. */
async function restart<T = void>(
  site: Site,
  parts: Record<string, string> | null,
  before: () => Promise<T> = async () => undefined as T,
): Promise<T> {
  await site.stop();
  await site.begin(parts === null ? {} : appsOf(site.sandbox.origin, parts));
  const made = await before();
  site.runtime.start();
  return made;
}

interface Registered {
  readonly id: string;
  readonly eventType: string;
  readonly propertyName?: string;
  readonly active: boolean;
}

const hubspot = (site: Site, method: string, path: string, body?: unknown) =>
  site.call(method, `${app}${path}?hapikey=${developerKey}`, body);
const registered = async (site: Site): Promise<readonly Registered[]> =>
  (await hubspot(site, 'GET', '/subscriptions'))['results'] as Registered[];
const names = async (site: Site) =>
  (await registered(site)).map(({ eventType, propertyName = '' }) => `${eventType} ${propertyName}`.trim()).sort();
const targetOf = async (site: Site): Promise<unknown> => {
  const answer = await fetch(`${site.sandbox.origin}${app}/settings?hapikey=${developerKey}`);
  return answer.status === 404 ? null : ((await answer.json()) as { targetUrl: string }).targetUrl;
};

const shown = async (site: Site): Promise<AppView> => {
  const [view] = await site.runtime.listApps();
  if (view === undefined) throw new Error('no app');
  return view;
};
const states = async (site: Site) => new Set((await shown(site)).webhooks.map(({ state }) => state));

/** The runtime polls the account's contacts by itself, after this. */
async function untilPolled(site: Site, id: string): Promise<void> {
  site.advance(70);
  const sinceMs = site.now() - 1;
  await site.until(async () => Date.parse((await site.changesPoll(id, 'contact'))?.lastPolledAt ?? '') > sinceMs);
}

/** All that is wanted is registered: one target, and as many topics. */
const untilRegistered = (site: Site, count: number) =>
  site.until(async () => {
    const { webhooks } = await shown(site);
    return webhooks.length === count + 1 && webhooks.every(({ state }) => state === 'registered');
  });

const life = ['creation', 'deletion', 'merge', 'privacyDeletion', 'restore'].map((kind) => `contact.${kind}`);
const properties = [
  'address', 'associatedcompanyid', 'city', 'company', 'country', 'email', 'firstname', 'hs_lead_status',
  'hubspot_owner_id', 'jobtitle', 'lastname', 'lifecyclestage', 'mobilephone', 'phone', 'salutation', 'state',
  'website', 'zip',
].map((name) => `contact.propertyChange ${name}`); // biome-ignore format: a list to read, not to scan
const ofContacts = [...life, ...properties].sort();

const write = async (site: Site, values: object, id?: string): Promise<string> => {
  const [method, path] = id === undefined ? ['POST', contacts] : ['PATCH', `${contacts}/${id}`];
  return String((await site.call(method as string, path as string, { properties: values }, bearer))['id']);
};

describe('the webhooks of an app', () => {
  it('are registered once for all its accounts, and tell what the poll would tell', async () => {
    const { site, id } = await begin();
    await untilRegistered(site, ofContacts.length);
    expect(await names(site)).toEqual(ofContacts);
    expect((await registered(site)).every(({ active }) => active)).toBe(true);
    expect(await targetOf(site)).toBe(site.url('events'));
    expect((await site.runtime.getInstance(id))?.webhooks).toEqual([]);

    await untilPolled(site, id);
    const record = await write(site, { email: 'mara@lindcycles.example', lastname: 'Lind' });
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(60);
    await write(site, { jobtitle: 'Wheelwright' }, record);
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(60);
    await site.call('DELETE', `${contacts}/${record}`, undefined, bearer);
    await site.sent();
    const events = await site.untilEvents(id, 3);
    expect(told(events)).toEqual([
      ['created', 'webhook', record],
      ['updated', 'webhook', record],
      ['deleted', 'webhook', record],
    ]);
    await untilPolled(site, id);
    expect(await site.events(id)).toEqual(events);
    expect(await site.changesPoll(id, 'contact')).toMatchObject({ webhooksLost: 0 });
  });

  it('give the events the ids that the poll gives them', async () => {
    const { site, id } = await begin();
    await untilRegistered(site, ofContacts.length);
    await untilPolled(site, id);
    const record = await write(site, { email: 'mara@lindcycles.example' });
    await site.sent();
    const [byWebhook] = await site.untilEvents(id, 1);
    // The same account by polls alone.
    const polled = await site.connect({
      ...account,
      nativeWebhooks: false,
      objects: { contact: { start: 'everything' } },
    });
    const found = async () => (await site.events(polled)).find(({ subject }) => subject === record);
    await site.until(async () => (await found()) !== undefined);
    const byPoll = await found();
    expect([byWebhook?.data.origin, byPoll?.data.origin]).toEqual(['webhook', 'poll']);
    const parts = (event: typeof byPoll) => [event?.time, event?.data.record, event?.data.change];
    expect(parts(byWebhook)).toEqual(parts(byPoll));
    await untilPolled(site, id);
    expect(await site.events(id)).toHaveLength(1);
  });

  it('follow what its accounts watch, and go when none of them wants any', async () => {
    const { site, id } = await begin();
    await untilRegistered(site, ofContacts.length);
    const other = await site.connect({ ...account, settings: { portalId: '7' }, objects: { ticket: {} } });
    await site.until(async () => (await names(site)).includes('ticket.propertyChange subject'));
    await site.runtime.patchInstance(id, { nativeWebhooks: false });
    await site.until(async () => (await names(site)).every((name) => name.startsWith('ticket.')));
    expect(await targetOf(site)).toBe(site.url('events'));
    await site.runtime.deleteInstance(other);
    await site.until(async () => (await shown(site)).webhooks.length === 0);
    expect([await names(site), await targetOf(site)]).toEqual([[], null]);
  });

  it('are not registered for accounts that they could not reach', async () => {
    const { site } = await begin({}, { ...account, settings: {} });
    await site.connect({ settings: { portalId: '8' }, objects: { contact: {} } });
    await site.connect({ ...account, credentials: { ...account.credentials, clientSecret: 'of-another-app' } });
    site.advance(60);
    await site.until(async () => (await site.runtime.listInstances({ limit: 9 })).length === 3);
    const marker = await site.connect({ ...account, settings: { portalId: '9' }, objects: { ticket: {} } });
    await site.until(async () => (await names(site)).includes('ticket.creation'));
    await site.runtime.deleteInstance(marker);
    await site.until(async () => (await shown(site)).webhooks.length === 0);
    expect(await names(site)).toEqual([]);
  });

  it('are put right where somebody switched them off, dropped them, or sent them elsewhere', async () => {
    const { site } = await begin();
    await untilRegistered(site, ofContacts.length);
    const [first, second] = await registered(site);
    await hubspot(site, 'PATCH', `/subscriptions/${first?.id}`, { active: false });
    await hubspot(site, 'DELETE', `/subscriptions/${second?.id}`);
    await hubspot(site, 'PUT', '/settings', { targetUrl: 'http://127.0.0.1:9/elsewhere' });
    site.advance(27 * 3600);
    await site.until(async () => (await targetOf(site)) === site.url('events'));
    await site.until(async () => (await names(site)).length === ofContacts.length);
    await site.until(async () => (await registered(site)).every(({ active }) => active));
    expect(await names(site)).toEqual(ofContacts);
  });

  it('move with the public URL by their settings alone', async () => {
    const { site } = await begin();
    await untilRegistered(site, ofContacts.length);
    const before = await registered(site);
    await site.move();
    await restart(site, {});
    await site.until(async () => (await targetOf(site)) === site.url('events'));
    await untilRegistered(site, ofContacts.length);
    expect(await registered(site)).toEqual(before.map((one) => ({ ...one, updatedAt: expect.any(String) })));
  });

  it('go when the app leaves the configuration; those that somebody else made stay', async () => {
    const { site } = await begin({ developerKey: 'not-yet' });
    await site.until(async () => (await states(site)).has('failed'));
    const foreign = { eventType: 'company.creation', active: true };
    const same = { eventType: 'contact.creation', active: false };
    for (const draft of [foreign, same]) await hubspot(site, 'POST', '/subscriptions', draft);
    const [, adopted] = await registered(site);
    await restart(site, {});
    await untilRegistered(site, ofContacts.length);
    expect(await names(site)).toEqual(['company.creation', ...ofContacts]);
    expect((await registered(site)).find(({ id }) => id === adopted?.id)?.active).toBe(true);
    await restart(site, null);
    await site.until(async () => (await site.runtime.listApps()).length === 0);
    expect([await names(site), await targetOf(site)]).toEqual([['company.creation', 'contact.creation'], null]);
  });
});

describe('an app that is wrong', () => {
  it('by its key says so with a remedy, asks no more than seldom, and goes on when the key is right', async () => {
    const { site, id } = await begin({ developerKey: 'rotated-long-ago' });
    await site.until(async () => (await shown(site)).webhooks.length === ofContacts.length + 1);
    await site.until(async () => (await states(site)).has('failed') && !(await states(site)).has('registering'));
    const [first] = (await shown(site)).webhooks;
    expect(first?.failure).toMatchObject({
      code: 'credentials-refused',
      help: expect.stringContaining('Check developerKey of apps.hubspot'),
    });
    expect(JSON.stringify(await site.runtime.listApps())).not.toContain('rotated-long-ago');
    const asked = async () => (await shown(site)).webhooks.map(({ failure }) => failure?.at);
    const before = await asked();
    for (let minutes = 0; minutes < 20; minutes += 1) {
      site.advance(60);
      await site.runtime.patchInstance(id, { tags: [`minute ${minutes}`] });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(await asked()).toEqual(before);
    await restart(site, {});
    await untilRegistered(site, ofContacts.length);
    expect(await names(site)).toEqual(ofContacts);
  });

  it('by what it lacks says what that is, and accounts are polled all the same', async () => {
    const { site } = await begin();
    await untilRegistered(site, ofContacts.length);
    await site.stop();
    const { appId, developerKey: _, ...rest } = appsOf(site.sandbox.origin)['hubspot'] ?? {};
    await site.begin({ hubspot: { ...rest, appid: appId ?? '' } });
    const view = await shown(site);
    expect(view).toMatchObject({ connector: 'hubspot', registers: false });
    expect(view.given).toEqual(['appid', 'baseUrl', 'clientId', 'clientSecret']);
    const said = view.problems.map(({ message, help }) => `${message} ${help}`).join('\n');
    for (const word of ['"appId" is missing', 'lacks developerKey', 'Did you mean "appId"?'])
      expect(said).toContain(word);
  });

  it('by more than its vendor keeps registers what it can, and names what it cannot', async () => {
    const site = await openSite('hubspot');
    await site.call('PATCH', '/_sandbox/faults', { quotaPerBurst: 1_000_000, subscriptionLimit: 20 });
    await restart(site, {}, () => site.connect(account));
    const failed = async () => (await shown(site)).webhooks.filter(({ state }) => state === 'failed');
    await site.until(async () => (await failed()).length === ofContacts.length - 20);
    expect((await failed())[0]?.failure?.message).toContain('An app may have 20 webhook subscriptions');
    expect(await names(site)).toHaveLength(20);
  });
});

it('is registered once by two runtimes on one store', async () => {
  const postgres = await startPostgres();
  const clock: Clock = {
    ...systemClock,
    now: () => Date.now() * 10,
    steady: () => Date.now() * 10,
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
  };
  const faults = { quotaPerBurst: 1_000_000 };
  const sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock: { now: clock.now }, faults });
  const { connectors } = await loadConnectors([packagedConnectors]);
  const open = async () =>
    createRuntime({
      store: await openPostgresStore({ url: postgres.url, secretKey: Buffer.alloc(32, 7), poolSize: 4 }),
      connectors,
      addressRules: compileAddressRules(['127.0.0.0/8']).rules,
      log: createLog('silent'),
      pollConcurrency: 4,
      deliveryConcurrency: 1,
      userAgent: 'anyhook/test',
      publicUrl: 'http://127.0.0.1:9',
      apps: appsOf(sandbox.origin),
      appHosts: { hubspot: [new URL(sandbox.origin).host] },
      clock,
    });
  const runtimes = [await open(), await open()];
  const [one, two] = runtimes;
  const created = await one?.createInstance({
    ...account,
    connector: 'hubspot',
    settings: { ...account.settings, baseUrl: sandbox.origin },
  });
  expect(created?.ok).toBe(true);
  for (const runtime of runtimes) runtime.start();
  const stand = async () =>
    ((await two?.listApps()) ?? []).flatMap(({ webhooks }) => webhooks.map(({ state }) => state));
  await expect
    .poll(stand, { timeout: 60_000, interval: 50 })
    .toEqual(Array.from({ length: ofContacts.length + 1 }, () => 'registered'));
  const answer = await fetch(`${sandbox.origin}${app}/subscriptions?hapikey=${developerKey}`);
  const { results } = (await answer.json()) as { results: readonly Registered[] };
  // Each was made once: their ids count what was ever made.
  expect(results.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(ofContacts.map((_, index) => index + 1));
  await Promise.all(runtimes.map((runtime) => runtime.close()));
  await sandbox.close();
  await postgres.stop();
});
