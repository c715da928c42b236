/** Both ways of one shop, REST and GraphQL, against its sandbox: the same ids and records, and nothing lost to its oddities. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChangeState, FeedSource } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport, type PollReport } from '../../src/change/poll-report.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { narrowDetection } from '../../src/connector/narrow.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { exchangeCode } from '../../src/http/auth/authorize.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient } from '../../src/http/vendor-client.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Feed } from '../../src/store/port.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const { connectors } = await loadConnectors();
const ways = ['shopify', 'shopify-graphql'] as const;
const app = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
const { rules: addressRules } = compileAddressRules(['127.0.0.0/8']);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const openClock = () => virtualClock(Date.parse('2026-11-20T12:00:00Z'));
type VirtualClock = ReturnType<typeof openClock>;

async function openShop(clock: VirtualClock): Promise<Sandbox> {
  const sandbox = await startSandbox({ vendor: 'shopify', port: 0, clock });
  closing.push(() => sandbox.close());
  return sandbox;
}

async function tell(
  sandbox: Sandbox,
  path: string,
  body: unknown,
  method = 'POST',
): Promise<readonly { id: string }[]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.origin}/_sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, `${path} ${response.status}`).toBe(true);
  return (await response.json()) as readonly { id: string }[];
}

interface LineOptions {
  readonly where?: string;
  readonly credentials?: Readonly<Record<string, string>>;
}

/** One object of a shop, polled one way; both feeds over one ledger. */
function openLine(sandbox: Sandbox, clock: VirtualClock, way: string, name: string, options: LineOptions = {}) {
  const connector = connectors.get(way);
  const object = connector?.objects.get(name);
  if (connector === undefined || object === undefined) throw new Error(`no ${name} of ${way}`);
  const access = {
    settings: { shopUrl: sandbox.origin },
    credentials: options.credentials ?? { accessToken: 'shpat_sandbox' },
  };
  const { auth, settings } = checkInstance(connector, access);
  if (auth === null) throw new Error('no way to authenticate');
  let { credentials } = access;
  const client = createVendorClient({
    auth,
    http: connector.definition.http,
    settings,
    credentials,
    saveCredentials: async (changed) => {
      credentials = { ...credentials, ...changed };
    },
    addressRules,
    quotas: createQuotas(clock),
    clock,
    userAgent: 'anyhook/test',
  });
  closing.push(() => client.close());
  const memory = createMemoryStates(clock.now());
  const states: Readonly<Record<Feed, ChangeState>> = { changes: memory.state(), deletes: memory.state() };
  const poll = async (feed: Feed = 'changes'): Promise<PollReport> => {
    const whole = object[feed];
    if (whole === null) throw new Error(`${name} has no ${feed}`);
    const detection =
      options.where === undefined ? whole : narrowDetection(connector, name, feed, options.where).detection;
    if (detection === null) throw new Error(`${options.where} cannot be read`);
    const source: FeedSource = {
      connector,
      object,
      feed,
      detection,
      instance: { id: 'i', name: 'i', tags: [] },
      settings,
    };
    const report = emptyReport(feed, states[feed].cursor);
    await pollFeed(source, { client, state: states[feed], now: clock.now }, report);
    return report;
  };
  return { events: memory.events, poll, credentials: () => credentials };
}

/** What is not null: a sandbox's record lacks what the vendor would show as null. */
const held = (record: object): object => JSON.parse(JSON.stringify(record), (_, value) => value ?? undefined);

describe('both ways of one shop', () => {
  it.each(['order', 'customer', 'contact', 'product'])('tell of the same %s, by the same id', async (name) => {
    const clock = openClock();
    const shop = await openShop(clock);
    const lines = ways.map((way) => openLine(shop, clock, way, name));
    clock.advance(60_000);
    const object = connectors.get('shopify')?.definition.sandbox?.objects[name];
    await tell(shop, 'edit', { object, action: 'create', count: 3 });
    clock.advance(60_000);
    for (const { poll } of lines) await poll();
    const [rest = [], graphql = []] = lines.map(({ events }) =>
      events.map(({ subject, data }) => [subject, data.record as Readonly<Record<string, unknown>>] as const),
    );
    expect(rest).toHaveLength(3);
    expect(graphql.map(([subject]) => subject).sort()).toEqual(rest.map(([subject]) => subject).sort());
    for (const [subject, record] of graphql) expect(new Map(rest).get(subject)).toMatchObject(held(record));
  });
});

describe.each(ways)('%s', (way) => {
  it('tells of two edits in one second', async () => {
    const clock = openClock();
    const shop = await openShop(clock);
    const { poll, events } = openLine(shop, clock, way, 'contact');
    clock.advance(60_000);
    const [made] = await tell(shop, 'edit', { object: 'customers', action: 'create' });
    clock.advance(60_000);
    await poll();
    for (const changes of [{ note: 'one' }, { note: 'two' }]) {
      await tell(shop, 'edit', { object: 'customers', action: 'update', id: made?.id, changes });
      await tell(shop, 'faults', { equalTimestamps: true }, 'PATCH');
      clock.advance(20_000);
      await poll();
    }
    expect(events.map(({ data }) => data.change)).toEqual(['created', 'updated', 'updated']);
  });

  it.each([`it's`, 'a"b', 'back\\slash', 'x OR updated_at:*', ') OR (', 'a:b*', '-state:enabled', '{id}'])(
    'takes %s for one text, and finds no other',
    async (text) => {
      const clock = openClock();
      const shop = await openShop(clock);
      const where = `email = '${text.replaceAll("'", "''")}'`;
      const { poll, events } = openLine(shop, clock, way, 'order', { where });
      clock.advance(60_000);
      await tell(shop, 'edit', { object: 'orders', action: 'create', count: 2 });
      clock.advance(60_000);
      await poll();
      expect(events).toEqual([]);
    },
  );

  it('tells no order as deleted to an app that sees only the last 60 days', async () => {
    const clock = openClock();
    const shop = await openShop(clock);
    const redirectUri = 'https://app.example/callback';
    const consent = new URLSearchParams({
      client_id: app.clientId,
      scope: 'read_orders',
      redirect_uri: redirectUri,
      state: 's',
    });
    const granted = await fetch(`${shop.origin}/admin/oauth/authorize`, {
      method: 'POST',
      body: consent,
      redirect: 'manual',
    });
    const code = new URL(granted.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const definition = connectors.get(way)?.definition;
    const method = definition?.auth.find(({ name }) => name === 'oauth');
    if (definition === undefined || method?.kind !== 'token' || method.authorize === undefined)
      throw new Error('no authorize');
    const account = { settings: { shopUrl: shop.origin }, credentials: app };
    const context = { addressRules, now: clock.now, userAgent: 'anyhook/test', http: definition.http };
    const kept = await exchangeCode(method.authorize, account, { code, redirectUri, codeVerifier: '' }, context);
    const line = openLine(shop, clock, way, 'order', { credentials: { ...app, ...kept.credentials } });
    expect((await line.poll('deletes')).notices['enumeration-unproved']).toBe(1);
    clock.advance(70 * 86_400_000);
    expect((await line.poll('deletes')).notices['enumeration-unproved']).toBe(1);
    expect(line.events).toEqual([]);
    expect(line.credentials()['refreshToken']).not.toBe(kept.credentials['refreshToken']);
  });
});

it('tells once of a record that the search index shows late', async () => {
  const clock = openClock();
  const shop = await openShop(clock);
  const { poll, events } = openLine(shop, clock, 'shopify-graphql', 'contact');
  await tell(shop, 'faults', { indexLagMs: 120_000 }, 'PATCH');
  clock.advance(60_000);
  await tell(shop, 'edit', { object: 'customers', action: 'create' });
  for (let minute = 0; minute < 6; minute += 1) {
    clock.advance(60_000);
    await poll();
  }
  expect(events.map(({ data }) => data.change)).toEqual(['created']);
});
