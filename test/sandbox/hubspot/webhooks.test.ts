import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Signature } from '@hubspot/api-client';
import { describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { openReceiver, type Received, type Receiver, type ReceiverAnswer } from '../receiver.ts';
import { dig, makeFolder, type OpenOptions, startMs } from '../sandbox-client.ts';
import { base, type HubspotClient, openHubspot } from './hubspot-client.ts';

const app = '/webhooks/v3/1160452';
const key = 'hapikey=sandbox-developer-key';

interface Setting extends HubspotClient {
  readonly receiver: Receiver;
  subscribe(eventType: string, propertyName?: string): Promise<string>;
  /** Waits until all that is due was tried. */
  settled(): Promise<unknown>;
}

async function open(
  answer?: (post: Received, index: number) => ReceiverAnswer | undefined,
  options: OpenOptions = {},
): Promise<Setting> {
  const receiver = await openReceiver(answer);
  const sandbox = await openHubspot(options);
  const targetUrl = `${receiver.origin}/hubspot?tenant=42`;
  expect((await sandbox.call('PUT', `${app}/settings?${key}`, { targetUrl })).status).toBe(200);
  const subscribe: Setting['subscribe'] = async (eventType, propertyName) => {
    const body = { eventType, propertyName, active: true };
    const made = await sandbox.call('POST', `${app}/subscriptions?${key}`, body);
    expect(made.status).toBe(201);
    return String(dig(made.json, 'id'));
  };
  const settled = async (): Promise<unknown> => (await sandbox.call('GET', '/_sandbox/webhooks')).json;
  return { ...sandbox, receiver, subscribe, settled };
}

const eventsOf = (post: Received | undefined): readonly JsonObject[] => JSON.parse(post?.body ?? '[]');
const allEvents = ({ posts }: Receiver): readonly JsonObject[] => posts.flatMap(eventsOf);

function isGenuine(post: Received, signatureVersion: 'v1' | 'v3'): boolean {
  const timestamp = Number(post.headers['x-hubspot-request-timestamp']);
  vi.useFakeTimers({ toFake: ['Date'], now: startMs });
  try {
    return Signature.isValid({
      signature: post.headers[signatureVersion === 'v1' ? 'x-hubspot-signature' : 'x-hubspot-signature-v3'] ?? '',
      signatureVersion,
      clientSecret: 'sandbox-secret',
      requestBody: post.body,
      url: post.url,
      method: 'POST',
      timestamp,
    });
  } finally {
    vi.useRealTimers();
  }
}

describe('events', () => {
  test('of a life: created, a subscribed property changed, deleted; each signed so that the vendor’s library agrees', async () => {
    const sandbox = await open();
    await sandbox.subscribe('contact.creation');
    const byProperty = await sandbox.subscribe('contact.propertyChange', 'email');
    await sandbox.subscribe('contact.deletion');
    const made = await sandbox.api('POST', `${base}/contacts`, { properties: { lastname: 'Ödegård “✓”' } });
    const id = String(dig(made.json, 'id'));
    await sandbox.settled();
    await sandbox.api('PATCH', `${base}/contacts/${id}`, { properties: { phone: '1', email: 'm@northwind.example' } });
    await sandbox.settled();
    await sandbox.api('PATCH', `${base}/contacts/${id}`, { properties: { phone: '2' } });
    await sandbox.api('DELETE', `${base}/contacts/${id}`);
    await sandbox.settled();
    const common = { portalId: 62515, appId: 1160452, objectId: Number(id), attemptNumber: 0, changeSource: 'CRM' };
    expect(allEvents(sandbox.receiver)).toMatchObject([
      { ...common, subscriptionType: 'contact.creation', changeFlag: 'NEW', occurredAt: startMs },
      {
        ...common,
        subscriptionType: 'contact.propertyChange',
        subscriptionId: Number(byProperty),
        propertyName: 'email',
        propertyValue: 'm@northwind.example',
      },
      { ...common, subscriptionType: 'contact.deletion', changeFlag: 'DELETED' },
    ]);
    for (const post of sandbox.receiver.posts) {
      expect(post.url).toBe(`${sandbox.receiver.origin}/hubspot?tenant=42`);
      expect([isGenuine(post, 'v1'), isGenuine(post, 'v3')]).toEqual([true, true]);
      expect(isGenuine({ ...post, body: `${post.body} ` }, 'v3')).toBe(false);
    }
  });

  test('of many changes come in arrays of at most a hundred, and none is missing', async () => {
    const sandbox = await open();
    await sandbox.subscribe('contact.creation');
    const edit = { object: 'contacts', action: 'create', count: 250 };
    await sandbox.call('POST', '/_sandbox/edit', edit);
    await sandbox.settled();
    expect(sandbox.receiver.posts.map((post) => eventsOf(post).length)).toEqual([100, 100, 50]);
    expect(new Set(allEvents(sandbox.receiver).map((event) => event.objectId)).size).toBe(250);
    expect(new Set(allEvents(sandbox.receiver).map((event) => event.eventId)).size).toBe(250);
  });

  test('of a merge name both records', async () => {
    const sandbox = await open(undefined, {
      records: { contacts: { '501': {}, '502': { properties: { city: 'Bergen' } } } },
    });
    await sandbox.subscribe('contact.merge');
    const body = { primaryObjectId: '501', objectIdToMerge: '502' };
    const merged = await sandbox.api('POST', `${base}/contacts/merge`, body);
    expect(merged.status).toBe(200);
    expect(dig((await sandbox.api('GET', `${base}/contacts/501?properties=city`)).json, 'properties', 'city')).toBe(
      'Bergen',
    );
    expect((await sandbox.api('GET', `${base}/contacts/502`)).status).toBe(404);
    expect((await sandbox.api('POST', `${base}/contacts/merge`, body)).status).toBe(404);
    await sandbox.settled();
    expect(allEvents(sandbox.receiver)).toMatchObject([{ primaryObjectId: 501, mergedObjectIds: [502] }]);
  });

  test('of a record that is put back among the live ones', async () => {
    const file = join(await makeFolder(), 'records.json');
    await writeFile(file, JSON.stringify({ records: {}, deleted: { contacts: { '501': {} } } }));
    const sandbox = await open(undefined, { file });
    await sandbox.subscribe('contact.restore');
    await writeFile(file, JSON.stringify({ records: { contacts: { '501': {} } }, deleted: {} }));
    await sandbox.settled();
    expect(allEvents(sandbox.receiver)).toMatchObject([{ subscriptionType: 'contact.restore', objectId: 501 }]);
  });

  test('stop while a subscription is paused and after it is deleted; there is nothing for other objects', async () => {
    const sandbox = await open();
    const id = await sandbox.subscribe('contact.creation');
    const create = async (object: string): Promise<number> => {
      await sandbox.api('POST', `${base}/${object}`, { properties: {} });
      await sandbox.settled();
      return allEvents(sandbox.receiver).length;
    };
    expect(await create('companies')).toBe(0);
    expect(await create('contacts')).toBe(1);
    await sandbox.call('PATCH', `${app}/subscriptions/${id}?${key}`, { active: false });
    expect(await create('contacts')).toBe(1);
    const batch = { inputs: [{ id, active: true }] };
    expect((await sandbox.api('POST', `${app}/subscriptions/batch/update`, batch)).status).toBe(200);
    expect(await create('contacts')).toBe(2);
    expect((await sandbox.call('DELETE', `${app}/subscriptions/${id}?${key}`)).status).toBe(204);
    expect(await create('contacts')).toBe(2);
  });
});

describe('a post that fails', () => {
  test('is tried ten times more within 24 hours of the sandbox’s clock, with a growing attemptNumber, then given up', async () => {
    const sandbox = await open(() => ({ status: 503 }));
    await sandbox.subscribe('contact.creation');
    await sandbox.api('POST', `${base}/contacts`, { properties: {} });
    await sandbox.settled();
    for (let quarter = 0; quarter < 24 * 4; quarter += 1) {
      await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 900_000 });
      await sandbox.settled();
    }
    expect(allEvents(sandbox.receiver).map((event) => event.attemptNumber)).toEqual(
      Array.from({ length: 11 }, (_, n) => n),
    );
    expect(new Set(allEvents(sandbox.receiver).map((event) => event.eventId)).size).toBe(1);
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 7 * 86_400_000 });
    expect(await sandbox.settled()).toMatchObject({ waiting: 0, subscriptions: [{ isActive: true }] });
    expect(sandbox.receiver.posts).toHaveLength(11);
  });

  test.each([
    [{ status: 404 }, null],
    [{ status: 401 }, null],
    [{ status: 302, headers: { location: '/elsewhere' } }, expect.any(String)],
    [{ status: 429, headers: { 'retry-after': '7' } }, new Date(startMs + 7000).toISOString()],
    [undefined, expect.any(String)],
  ])('with %j has its next attempt at %s', async (answer, nextAt) => {
    const sandbox = await open(() => answer, { faults: { webhookTimeoutMs: 300 } });
    await sandbox.subscribe('contact.creation');
    await sandbox.api('POST', `${base}/contacts`, { properties: {} });
    expect(await sandbox.settled()).toMatchObject({
      attempts: [{ outcome: 'failed', status: answer?.status ?? null, attempt: 0, nextAt }],
      waiting: nextAt === null ? 0 : 1,
    });
    expect(sandbox.receiver.posts).toHaveLength(1);
  });

  test('that succeeds the second time is done', async () => {
    const sandbox = await open((_post, index) => ({ status: index === 0 ? 500 : 204 }));
    await sandbox.subscribe('contact.creation');
    await sandbox.api('POST', `${base}/contacts`, { properties: {} });
    await sandbox.settled();
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 120_000 });
    expect(await sandbox.settled()).toMatchObject({
      attempts: [{ outcome: 'failed' }, { outcome: 'delivered', status: 204, nextAt: null }],
      waiting: 0,
    });
  });
});

describe('faults', () => {
  const run = async (faults: OpenOptions['faults'], count = 40): Promise<Setting> => {
    const sandbox = await open(undefined, { faults: faults ?? {} });
    await sandbox.subscribe('contact.creation');
    await sandbox.call('POST', '/_sandbox/edit', { object: 'contacts', action: 'create', count });
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 1000 });
    await sandbox.settled();
    return sandbox;
  };
  const idsOf = (sandbox: Setting): readonly unknown[] => allEvents(sandbox.receiver).map((event) => event.objectId);

  test('lose some notifications, the same ones with the same seed', async () => {
    const [one, same, other] = await Promise.all([7, 7, 8].map((seed) => run({ seed, webhookLossRate: 0.5 })));
    if (one === undefined || same === undefined || other === undefined) throw new TypeError();
    expect(idsOf(one).length).toBeGreaterThan(5);
    expect(idsOf(one).length).toBeLessThan(35);
    expect(idsOf(one)).toEqual(idsOf(same));
    expect(idsOf(one)).not.toEqual(idsOf(other));
    const attempts = dig(await one.settled(), 'attempts');
    const lost = Array.isArray(attempts) ? attempts.filter((attempt) => attempt.outcome === 'lost') : [];
    expect(lost).toHaveLength(40 - idsOf(one).length);
  });

  test('send a post twice', async () => {
    const sandbox = await run({ webhookDuplicateRate: 1 });
    expect(sandbox.receiver.posts).toHaveLength(2);
    expect(sandbox.receiver.posts[0]?.body).toBe(sandbox.receiver.posts[1]?.body);
  });

  test('mix the order and lose nothing', async () => {
    const plain = idsOf(await run({}));
    const mixed = idsOf(await run({ webhookReorder: true }));
    expect(mixed).not.toEqual(plain);
    expect(mixed.toSorted()).toEqual(plain.toSorted());
  });

  test('hold posts back until the clock has gone on, and so does the commit lag', async () => {
    for (const faults of [{ webhookDelayMs: 5000 }, { commitLagMs: 5000 }]) {
      const sandbox = await run(faults, 1);
      expect(sandbox.receiver.posts).toHaveLength(0);
      await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 4000 });
      await sandbox.settled();
      expect(sandbox.receiver.posts).toHaveLength(1);
    }
  });

  test('forge the signature, or sign in the past', async () => {
    const forged = (await run({ webhookForgeRate: 1 })).receiver.posts;
    expect(forged).toHaveLength(1);
    expect(forged.map((post) => [isGenuine(post, 'v1'), isGenuine(post, 'v3')])).toEqual([[false, false]]);
    const [late] = (await run({ webhookClockSkewMs: -600_000 })).receiver.posts;
    if (late === undefined) throw new TypeError();
    expect(() => isGenuine(late, 'v3')).toThrow('Timestamp is invalid');
  });
});

describe('settings and subscriptions', () => {
  test('without a URL nothing is sent; each is shown as it was set', async () => {
    const sandbox = await openHubspot();
    expect((await sandbox.call('GET', `${app}/settings?${key}`)).status).toBe(404);
    const made = await sandbox.api('POST', `${app}/subscriptions`, {
      eventType: 'contact.propertyChange',
      propertyName: 'email',
    });
    expect(made).toMatchObject({
      status: 201,
      json: { id: '1', eventType: 'contact.propertyChange', propertyName: 'email', objectTypeId: '0-1', active: false },
    });
    await sandbox.api('PATCH', `${app}/subscriptions/1`, { active: true });
    await sandbox.api('POST', `${base}/contacts`, { properties: { email: 'a@b.example' } });
    expect((await sandbox.call('GET', '/_sandbox/webhooks')).json).toMatchObject({ attempts: [], waiting: 0 });
    expect((await sandbox.api('GET', `${app}/subscriptions`)).json).toMatchObject({
      results: [{ id: '1', active: true }],
    });
    expect((await sandbox.call('GET', '/')).text).toContain('contact.propertyChange');
  });

  test.each([
    ['PUT', '/settings', { targetUrl: 'https://hooks.example.test/' }],
    ['PUT', '/settings', { targetUrl: 'http://127.0.0.1.example.test/' }],
    ['PUT', '/settings', { targetUrl: 'http://user@127.0.0.1/' }],
    ['PUT', '/settings', { targetUrl: 'http://127.0.0.1/', throttling: { maxConcurrentRequests: 0 } }],
    ['POST', '/subscriptions', { eventType: 'wombat.creation' }],
    ['POST', '/subscriptions', { eventType: 'contact.constructor' }],
    ['POST', '/subscriptions', { eventType: 'constructor.creation' }],
    ['POST', '/subscriptions', { eventType: 'contact.propertyChange' }],
    ['POST', '/subscriptions', { eventType: 'contact.propertyChange', propertyName: 'wombat' }],
    ['POST', '/subscriptions', { eventType: 'object.creation', objectTypeId: '9-9' }],
    ['POST', '/subscriptions/batch/update', { inputs: [null] }],
  ])('%s %s %j is refused', async (method, path, body) => {
    const sandbox = await openHubspot();
    expect(await sandbox.api(method, app + path, body)).toMatchObject({ status: 400, json: { status: 'error' } });
  });

  test('need the developer’s key or a token, and the app of the sandbox; the same one cannot be made twice', async () => {
    const sandbox = await openHubspot();
    expect((await sandbox.call('GET', `${app}/subscriptions`)).status).toBe(401);
    expect((await sandbox.call('GET', `${app}/subscriptions?hapikey=wrong`)).status).toBe(401);
    expect((await sandbox.api('GET', `${app}/subscriptions?hapikey=wrong`)).status).toBe(401);
    expect((await sandbox.api('GET', '/webhooks/v3/7/subscriptions')).status).toBe(404);
    expect((await sandbox.api('GET', `${app}/subscriptions/9`)).status).toBe(404);
    await sandbox.api('POST', `${app}/subscriptions`, { eventType: 'object.creation', objectTypeId: '0-3' });
    const again = { eventType: 'object.creation', objectTypeId: '0-3' };
    expect((await sandbox.api('POST', `${app}/subscriptions`, again)).status).toBe(409);
  });

  test('are of a limited number, and only contacts are forgotten', async () => {
    const sandbox = await openHubspot({ faults: { subscriptionLimit: 1 } });
    const add = (eventType: string) => sandbox.call('POST', `${app}/subscriptions?${key}`, { eventType });
    expect((await add('company.privacyDeletion')).status).toBe(400);
    expect((await add('contact.privacyDeletion')).status).toBe(201);
    expect(await add('contact.creation')).toMatchObject({
      status: 400,
      json: { message: 'An app may have 1 webhook subscriptions' },
    });
  });

  test('are not set by the control path, which belongs to vendors with a portal', async () => {
    const sandbox = await openHubspot();
    expect((await sandbox.call('POST', '/_sandbox/webhooks', { url: 'http://127.0.0.1:1/' })).status).toBe(400);
    expect((await sandbox.call('DELETE', '/_sandbox/webhooks/9')).status).toBe(404);
  });
});
