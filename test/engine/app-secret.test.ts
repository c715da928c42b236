/** The operator's own app, against a customer who wants its secret: settings of an instance choose no host for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { appHosts, grantedAuth } from '../../src/engine/apps.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { sendJson, startVendor } from '../http/vendor-server.ts';
import { mainObject } from '../suite/main-object.ts';

const app = { clientId: 'operator-id', clientSecret: 'operator-secret' };
const { connectors } = await loadConnectors();
const granted = [...connectors.values()].filter(({ definition }) => grantedAuth(definition) !== null);

/** A host of the customer's own, that would take whatever it is sent, and a runtime that may call it. */
async function open(appHosts: Readonly<Record<string, readonly string[]>> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-app-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const evil = await startVendor((_, response) =>
    sendJson(response, 200, { access_token: 'a', refresh_token: 'r', instance_url: evil.origin, expires_in: 60 }),
  );
  onTestFinished(() => evil.close());
  const secretKey = Buffer.alloc(32, 7);
  const store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey });
  const runtime = createRuntime({
    store,
    connectors,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log: createLog('silent'),
    pollConcurrency: 1,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
    clock: { ...systemClock, sleep: async () => undefined },
    connecting: { secretKey, publicUrl: 'https://hooks.example.com' },
    apps: Object.fromEntries(granted.map(({ key }) => [key, app])),
    appHosts,
  });
  onTestFinished(() => runtime.close());
  const sent = () => JSON.stringify(evil.received.map(({ url, headers, text }) => [url.href, headers, text]));
  return { evil, runtime, sent };
}

/** Settings that lead everywhere to one host. */
function settingsAt(origin: string, key: string): Record<string, string> {
  const settings = Object.entries(connectors.get(key)?.definition.settings ?? {});
  return Object.fromEntries(
    settings.flatMap(([name, { type, default: value, example }]) => {
      if (type === 'url') return [[name, origin]];
      return value === undefined ? [[name, String(example)]] : [];
    }),
  );
}

const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64');

describe.each(granted.map(({ key }) => key))('the app of %s', (key) => {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(key);
  const object = mainObject(connector).name;

  it('is not sent where an instance’s settings lead, whatever it is given as credentials', async () => {
    const { evil, runtime, sent } = await open();
    const created = await runtime.createInstance({
      connector: key,
      settings: settingsAt(evil.origin, key),
      credentials: { refreshToken: 'mine' },
      objects: { [object]: {} },
    });
    if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
    const [outcome] = (await runtime.pollNow(created.value.id, object)) ?? [];
    expect(outcome?.failure).toMatchObject({ code: 'address-forbidden', help: expect.stringContaining('appHosts') });
    // Half of it is no more than half.
    await runtime.patchInstance(created.value.id, { credentials: { clientId: 'mine' } });
    await runtime.pollNow(created.value.id, object);
    expect(evil.received).toEqual([]);
    expect(sent()).not.toContain(app.clientSecret);
  });

  it('is not sent there by an instance that gives its own away between two polls', async () => {
    const { evil, runtime, sent } = await open();
    const own = { clientId: 'mine', clientSecret: 'my-secret', refreshToken: 'mine' };
    const created = await runtime.createInstance({
      connector: key,
      settings: settingsAt(evil.origin, key),
      credentials: own,
      objects: { [object]: {} },
    });
    if (!created.ok) throw new Error(JSON.stringify(created.diagnostics));
    await runtime.pollNow(created.value.id, object);
    expect(sent()).toContain('mine');
    await runtime.patchInstance(created.value.id, { credentials: { clientSecret: null } });
    await runtime.pollNow(created.value.id, object);
    expect(sent()).not.toContain(app.clientSecret);
    expect(sent()).not.toContain(basic);
  });

  it('is asked for by no link that leads there, and who asks is told the setting and what allows it', async () => {
    const { evil, runtime } = await open();
    const link = await runtime.authorize(key, { settings: settingsAt(evil.origin, key) });
    const { host } = new URL(evil.origin);
    expect(link.ok).toBe(false);
    const told = link.diagnostics.filter(({ severity }) => severity === 'error');
    // A setting may refuse such a host by itself.
    if (told.every(({ code }) => code !== 'connect-failed')) return expect(told.length).toBeGreaterThan(0);
    expect(told).toMatchObject([
      { code: 'connect-failed', help: expect.stringContaining(`"appHosts": { "${key}": ["${host}"] }`) },
    ]);
    expect(Object.keys(settingsAt('', key)).some((name) => told[0]?.help?.includes(name))).toBe(true);
  });

  it('is not sent there for a code, should it not be allowed any more', async () => {
    const { evil, runtime, sent } = await open();
    const before = await open({ [key]: [new URL(evil.origin).host] });
    const link = await before.runtime.authorize(key, { settings: settingsAt(evil.origin, key) });
    if (!link.ok) throw new Error(JSON.stringify(link.diagnostics));
    const state = new URL(link.value.url).searchParams.get('state') ?? '';
    await runtime.connect({ state, code: 'c' });
    expect(link.value.url).not.toContain(app.clientSecret);
    expect(evil.received).toEqual([]);
    expect(sent()).not.toContain(app.clientSecret);
  });

  it('goes to hosts that the operator adds', async () => {
    const { evil } = await open();
    const { runtime } = await open({ [key]: [new URL(evil.origin).host] });
    const created = await runtime.createInstance({
      connector: key,
      settings: settingsAt(evil.origin, key),
      credentials: { refreshToken: 'mine' },
      objects: { [object]: {} },
    });
    if (created.ok) await runtime.pollNow(created.value.id, object);
    expect(evil.received.length).toBeGreaterThan(0);
  });
});

describe('the hosts of an app', () => {
  const hostsOf = (key: string) => {
    const connector = connectors.get(key);
    if (connector === undefined) throw new Error(key);
    return appHosts(
      connector,
      { refreshToken: 'r' },
      { refreshToken: 'r', ...app },
      { hubspot: ['hub.internal:8443'] },
    );
  };
  const takes = (key: string, url: string): boolean => {
    try {
      hostsOf(key)?.require(new URL(url));
      return true;
    } catch {
      return false;
    }
  };
  it.each([
    ['salesforce', 'https://login.salesforce.com/services/oauth2/token'],
    ['salesforce', 'https://LOGIN.salesforce.com:443/x'],
    ['salesforce', 'https://acme--dev.sandbox.my.salesforce.com/x'],
    ['shopify', 'https://acme.myshopify.com/admin/oauth/access_token'],
    ['quickbooks', 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'],
    ['dynamics', 'https://login.microsoftonline.com/t/oauth2/v2.0/token'],
    ['hubspot', 'https://api.hubapi.com/oauth/v3/token'],
    ['hubspot', 'https://hub.internal:8443/oauth/v3/token'],
  ])('of %s take %s', (key, url) => expect(takes(key, url)).toBe(true));

  it.each([
    ['salesforce', 'http://login.salesforce.com/x'],
    ['salesforce', 'https://login.salesforce.com:8443/x'],
    ['salesforce', 'https://login.salesforce.com.evil.example/x'],
    ['salesforce', 'https://login.salesforce.com@evil.example/x'],
    ['salesforce', 'https://evil.example/login.salesforce.com'],
    ['salesforce', 'https://my.salesforce.com/x'],
    ['salesforce', 'https://evilmy.salesforce.com/x'],
    ['shopify', 'https://evilmyshopify.com/x'],
    ['hubspot', 'https://hub.internal/x'],
    ['hubspot', 'https://app.hubspot.com/x'],
    ['quickbooks', 'https://quickbooks.api.intuit.com/x'],
    ['quickbooks', 'https://hub.internal:8443/x'],
  ])('of %s do not take %s', (key, url) => expect(takes(key, url)).toBe(false));

  it('are nobody’s business who brings all credentials', () => {
    const connector = connectors.get('hubspot');
    if (connector === undefined) throw new Error('no connector');
    expect(appHosts(connector, app, app, {})).toBeUndefined();
  });
});
