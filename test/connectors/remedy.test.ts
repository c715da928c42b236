/**
 * What goes wrong with an account, at each shipped connector and its vendor's sandbox: the failure and what it says to do
 * about it, what the stream tells, and how often the vendor is asked in the day until somebody has done it.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import type { PollOutcome } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { Resolve } from '../../src/http/guarded-lookup.ts';
import { privateKey } from '../../src/sandbox/salesforce/key.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startCountingProxy } from '../engine/counting-proxy.ts';
import { mainObject } from '../suite/main-object.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

type Texts = Readonly<Record<string, string>>;
const dayMs = 86_400_000;
const { connectors } = await loadConnectors();
/** Nobody's names: nothing is asked of the network. */
const resolve: Resolve = async (hostname) => {
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
};

interface Parts {
  /** Beside the good ones. */
  readonly credentials?: Texts;
  /** In place of all. */
  readonly only?: Texts;
  readonly settingsAt?: (origin: string) => string;
}

async function open(key: string, parts: Parts = {}) {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);
  const object = mainObject(connector).name;
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-remedy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const virtual = virtualClock();
  // Waits for a turn are no whole milliseconds, and times in a store are.
  const clock = { ...virtual, now: () => Math.floor(virtual.now()) };
  const openVendor = async () => {
    const sandbox = await startSandbox({ vendor: sandboxVendor(connector), port: 0, clock: { now: clock.now } });
    onTestFinished(() => sandbox.close());
    return sandbox;
  };
  const sandbox = await openVendor();
  const proxy = await startCountingProxy(sandbox.origin);
  onTestFinished(() => proxy.close());
  const store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: Buffer.alloc(32, 7) });
  const runtime = createRuntime({
    store,
    connectors,
    clock,
    resolve,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log: createLog('silent'),
    pollConcurrency: 1,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
  });
  onTestFinished(() => runtime.close());

  const access = atSandbox(connector, parts.settingsAt?.(proxy.origin) ?? proxy.origin);
  const oauth = Object.entries(sandbox.credentials).filter(([name]) =>
    /^(clientId|clientSecret|refreshToken)$/.test(name),
  );
  const good: Texts = { ...access.credentials, ...Object.fromEntries(oauth) };
  const created = await runtime.createInstance({
    connector: key,
    settings: access.settings,
    credentials: parts.only ?? { ...good, ...parts.credentials },
    objects: { [object]: {} },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
  const { id } = created.value;
  /** All feeds of the object that are due, as the poller would poll them. */
  const poll = async (): Promise<readonly PollOutcome[]> => (await runtime.pollNow(id, object)) ?? [];
  return {
    connector,
    clock,
    proxy,
    runtime,
    id,
    good,
    poll,
    openVendor,
    wellSettings: atSandbox(connector, proxy.origin).settings,
    told: async () =>
      ((await runtime.listEvents(id, 0, 1_000)) ?? []).filter(({ type }) => /credentials|poller/.test(type)),
    disturb: (faults: object) =>
      fetch(`${proxy.target}/_sandbox/faults`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      }),
    /** Polls whatever is due for a day, by the schedule that the store has. Answers what the vendor was asked meanwhile. */
    async passDay() {
      const before = proxy.passed.length;
      const endMs = clock.now() + dayMs;
      for (;;) {
        const dueAt = await store.nextDueAt('polls');
        if (dueAt === null || dueAt >= endMs) break;
        clock.advance(Math.max(0, dueAt - clock.now()));
        await poll();
      }
      clock.advance(Math.max(0, endMs - clock.now()));
      const passed = proxy.passed.slice(before);
      return { requests: passed.length, tokens: passed.filter(({ path: at }) => /token|bearer/.test(at)).length };
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Four an hour of each of two feeds, at most, and a request for a token and one with it each time. */
const mostPolls = 2 * (24 * 4 + 1);

async function expectFailure({ poll }: Opened, code: string, help: RegExp): Promise<void> {
  const outcomes = await poll();
  expect(outcomes.length).toBeGreaterThan(0);
  for (const { failure } of outcomes) {
    expect(failure).toMatchObject({ code, retryable: code === 'vendor-unreachable' });
    expect(failure?.help).toMatch(help);
  }
}

async function expectToldOnce({ told }: Opened, type: string, help: RegExp): Promise<void> {
  const events = await told();
  expect(events.map((event) => event.type)).toEqual([type]);
  for (const { data } of events) expect(JSON.stringify(data)).toMatch(help);
}

async function expectRestored({ poll, told }: Opened, type: string): Promise<void> {
  await poll();
  const events = (await told()).map((event) => event.type);
  const ended = type === 'credentials.failed' ? 'credentials.restored' : 'poller.recovered';
  expect(events.filter((each) => each === ended).length).toBe(events.filter((each) => each === type).length);
  await poll();
  expect((await told()).length).toBe(events.length);
}

/** What each vendor's people find in their own screens. */
const words: Readonly<Record<string, { wrong: RegExp; revoked: RegExp; scope: RegExp; host: RegExp }>> = {
  dynamics: {
    wrong: /client secret: its value, not its id/,
    revoked: /authorise the app again/,
    scope: /security role/,
    host: /Environment URL/,
  },
  hubspot: {
    wrong: /client secret of the app/,
    revoked: /connect the account again/,
    scope: /crm\.objects\.contacts\.read/,
    host: /baseUrl \(API host/,
  },
  quickbooks: {
    wrong: /Keys & credentials/,
    revoked: /connect the company again/,
    scope: /as an administrator/,
    host: /tokenUrl \(Host of the token/,
  },
  salesforce: {
    wrong: /consumer key and secret/,
    revoked: /authorise the app again/,
    scope: /API Enabled/,
    host: /loginUrl \(Where tokens/,
  },
  shopify: {
    wrong: /client id and secret of the app/,
    revoked: /connect the shop again/,
    scope: /read_orders/,
    host: /shopUrl \(The shop's own/,
  },
  'shopify-graphql': {
    wrong: /client id and secret of the app/,
    revoked: /connect the shop again/,
    scope: /read_orders/,
    host: /shopUrl \(The shop's own/,
  },
};

describe.each([...connectors.keys()])('at %s', { timeout: 120_000 }, (key) => {
  const known = words[key];
  if (known === undefined) throw new Error(`What do people at ${key} do? Add it to the words.`);

  it('wrong credentials are refused, told once, tried seldom, and restored', async () => {
    const opened = await open(key, { credentials: { clientSecret: 'wrong-secret' } });
    await expectFailure(opened, 'credentials-refused', known.wrong);
    const { requests, tokens } = await opened.passDay();
    expect(tokens).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(mostPolls);
    await expectToldOnce(opened, 'credentials.failed', known.wrong);
    await opened.runtime.patchInstance(opened.id, { credentials: opened.good });
    await expectRestored(opened, 'credentials.failed');
  });

  it('a token that is revoked is refused, told once, tried seldom, and restored when it is connected again', async () => {
    const opened = await open(key);
    opened.clock.advance(400_000);
    expect((await opened.poll()).map(({ failure }) => failure)).not.toContainEqual(expect.anything());
    await opened.disturb({ revokeTokens: true });
    opened.clock.advance(400_000);
    await expectFailure(opened, 'credentials-refused', known.revoked);
    const { requests } = await opened.passDay();
    expect(requests).toBeLessThanOrEqual(2 * mostPolls);
    await expectToldOnce(opened, 'credentials.failed', known.revoked);
    opened.proxy.target = (await opened.openVendor()).origin;
    await opened.runtime.patchInstance(opened.id, { credentials: opened.good });
    await expectRestored(opened, 'credentials.failed');
  });

  it('a right that lacks is told once, tried seldom, and restored when it is given', async () => {
    const opened = await open(key);
    opened.clock.advance(400_000);
    await opened.disturb({ forbidRate: 1 });
    await expectFailure(opened, 'scope-missing', known.scope);
    const { requests, tokens } = await opened.passDay();
    expect(requests).toBeLessThanOrEqual(2 * mostPolls);
    // A token that lacks a right is as good as another.
    expect(tokens).toBeLessThanOrEqual(60);
    await expectToldOnce(opened, 'credentials.failed', known.scope);
    await opened.disturb({ forbidRate: 0 });
    await expectRestored(opened, 'credentials.failed');
  });

  it.each<[string, string, (origin: string) => string]>([
    ['that nobody knows', 'vendor-unreachable', () => 'https://no-such-account.example'],
    ['that may not be called', 'address-forbidden', () => 'https://10.1.2.3'],
  ])('a host %s is told once, with the settings that name it, and restored', async (_, code, settingsAt) => {
    if (key.startsWith('shopify')) {
      await expectRefusedSetting(key, settingsAt(''));
      return;
    }
    const opened = await open(key, { settingsAt });
    await expectFailure(opened, code, known.host);
    opened.clock.advance(1_000_000);
    await expectFailure(opened, code, known.host);
    expect(opened.proxy.passed).toEqual([]);
    await expectToldOnce(opened, 'credentials.failed', known.host);
    await opened.runtime.patchInstance(opened.id, { settings: opened.wellSettings });
    opened.clock.advance(1_000_000);
    await expectRestored(opened, 'credentials.failed');
  });

  it('the host of another vendor is told once, with the settings that name it, and restored', async () => {
    const opened = await open(key);
    const well = opened.proxy.target;
    const other = await startSandbox({
      vendor: sandboxVendor(opened.connector) === 'hubspot' ? 'salesforce' : 'hubspot',
      port: 0,
      clock: { now: opened.clock.now },
    });
    onTestFinished(() => other.close());
    opened.proxy.target = other.origin;
    await expectFailure(opened, 'credentials-refused', known.host);
    const { requests } = await opened.passDay();
    expect(requests).toBeLessThanOrEqual(mostPolls);
    await expectToldOnce(opened, 'credentials.failed', known.host);
    opened.proxy.target = well;
    await expectRestored(opened, 'credentials.failed');
  });

  it('a field that the account does not have is refused before anything is stored', async () => {
    const { connector, runtime, good, wellSettings } = await open(key);
    const outcome = await runtime.createInstance({
      connector: key,
      settings: wellSettings,
      credentials: good,
      objects: { [mainObject(connector).name]: { where: "noSuchField = 'x'" } },
    });
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'where-unknown-field', severity: 'error' });
    expect(outcome.diagnostics[0]?.help).toMatch(/./);
  });
});

describe('the other ways to sign in at salesforce', () => {
  const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const pem = strangersKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it.each<[string, Texts, RegExp]>([
    [
      'a wrong password',
      { clientSecret: 'sandbox-secret', username: 'admin@sandbox.example', password: 'x' },
      /^Check username, and password with the security token/,
    ],
    [
      'a private key of another app',
      { username: 'admin@sandbox.example', privateKey: pem },
      /^Check privateKey: it must belong to the certificate/,
    ],
    [
      'a user who has not approved the app',
      { username: 'nobody@sandbox.example', privateKey },
      /^Check username, and pre-authorise the app/,
    ],
  ])('%s is refused with its own remedy', async (_what, given, help) => {
    await expectFailure(
      await open('salesforce', { only: { clientId: 'sandbox-client', ...given } }),
      'credentials-refused',
      help,
    );
  });
});

/** A setting that is checked by its form never becomes a host that is called. */
async function expectRefusedSetting(key: string, shopUrl: string): Promise<void> {
  const { runtime, good } = await open(key);
  const outcome = await runtime.createInstance({ connector: key, settings: { shopUrl }, credentials: good });
  expect(outcome).toMatchObject({ ok: false, diagnostics: [{ pointer: '/settings/shopUrl' }] });
}
