/** Accounts connected in a browser: the real runtime and server, the vendor's sandbox, and a browser that follows by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import type { InstanceView, PollOutcome } from '../../src/engine/api.ts';
import { createApiKey } from '../../src/engine/api-keys.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { close, listen } from '../../src/server/listen.ts';
import { createServer } from '../../src/server/server.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const app = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
const publicUrl = 'https://hooks.example.com/any';
const appOrigin = 'https://app.example.com';
const { connectors } = await loadConnectors();

async function open(vendor: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-connect-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  const sandbox = await startSandbox({ vendor, port: 0, clock: { now } });
  onTestFinished(() => sandbox.close());
  const secretKey = Buffer.alloc(32, 7);
  const store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey });
  let logged = '';
  const log = createLog(
    'trace',
    new Writable({
      write: (chunk, _, done) => {
        logged += chunk;
        done();
      },
    }),
  );
  const runtime = createRuntime({
    store,
    connectors,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log,
    pollConcurrency: 1,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
    clock: { ...systemClock, now, steady: now },
    connecting: { secretKey, publicUrl, allowRedirects: [appOrigin] },
    apps: { [vendor]: app },
    appHosts: { [vendor]: [new URL(sandbox.origin).host] },
  });
  onTestFinished(() => runtime.close());
  const server = createServer({ runtime, log });
  const url = await listen(server, { port: 0 });
  onTestFinished(() => close(server, 1_000));
  const key = await createApiKey(store, 'test', 0);
  const call = async <T>(method: string, target: string, body?: unknown) => {
    const answer = await fetch(url + target, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const settings =
    vendor === 'hubspot' ? { baseUrl: sandbox.origin, appUrl: sandbox.origin } : { loginUrl: sandbox.origin };
  return {
    sandbox,
    store,
    settings,
    call,
    logged: () => logged,
    wait: (ms: number) => {
      aheadMs += ms;
    },
    link: async (input: Record<string, unknown>) =>
      (await call<{ url: string; instanceId: string }>('POST', `/v1/connectors/${vendor}/authorize`, input)).body,
    /** The person's browser: decides on the vendor's page; answers where it is sent back to, by way of our own port. */
    async consent(page: string, decision = 'approve') {
      expect(await (await fetch(page)).text()).toContain('<form');
      const sent = await fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision }) });
      const back = sent.headers.get('location') ?? '';
      expect(back.startsWith(`${publicUrl}/v1/oauth/callback?`)).toBe(true);
      return back.replace(publicUrl, url);
    },
    poll: async (id: string) =>
      (await call<{ polls: readonly PollOutcome[] }>('POST', `/v1/instances/${id}/objects/contact/poll`)).body,
  };
}

const browse = (target: string) => fetch(target, { redirect: 'manual' });
const failuresOf = (instance: InstanceView) =>
  instance.objects['contact']?.polls.map(({ lastFailure }) => lastFailure?.code);

describe.each(['hubspot', 'salesforce'])('an account of %s', (vendor) => {
  it('is connected, polled, revoked and connected again', async () => {
    const { link, consent, call, poll, settings, sandbox, store, logged, wait } = await open(vendor);
    const objects = { contact: { start: 'everything' } };
    const { url, instanceId } = await link({ name: 'A <b>', settings, objects });
    expect(url).not.toContain(app.clientSecret);
    const done = await browse(await consent(url));
    expect({ status: done.status, type: done.headers.get('content-type') }).toMatchObject({ status: 200 });
    expect(done.headers.get('content-type')).toContain('text/html');
    expect(await done.text()).toContain('A &#60;b&#62; is connected');

    const stored = (await store.getInstance(instanceId))?.credentials ?? {};
    expect(Object.keys(stored)).toEqual(['refreshToken']);
    // Whose account it is, the vendor says: its webhooks are told by it.
    if (vendor === 'hubspot') expect((await store.getInstance(instanceId))?.settings['portalId']).toBe('62515');
    expect(stored['refreshToken']).not.toBe('sandbox-refresh-token');
    await poll(instanceId);
    const { body: polled } = await call<InstanceView>('GET', `/v1/instances/${instanceId}`);
    expect(failuresOf(polled)).not.toContain('credentials-refused');
    expect((await store.listEvents({ instanceId, after: 0, limit: 1 })).length).toBe(1);

    const token = stored['refreshToken'] ?? '';
    if (vendor === 'hubspot') await fetch(`${sandbox.origin}/oauth/v1/refresh-tokens/${token}`, { method: 'DELETE' });
    else
      await fetch(`${sandbox.origin}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token }) });
    // A window that has no time in it asks for nothing.
    wait(300_000);
    await poll(instanceId);
    const { body: refused } = await call<InstanceView>('GET', `/v1/instances/${instanceId}`);
    expect(failuresOf(refused)).toContain('credentials-refused');

    const again = await link({ instanceId, redirect: `${appOrigin}/done?x=1` });
    expect(again.instanceId).toBe(instanceId);
    const sent = await browse(await consent(again.url));
    expect(sent.status).toBe(303);
    expect(sent.headers.get('location')).toBe(`${appOrigin}/done?x=1&instance=${instanceId}`);
    const { body: due } = await call<InstanceView>('GET', `/v1/instances/${instanceId}`);
    for (const { dueAt } of due.objects['contact']?.polls ?? [])
      expect(Date.parse(dueAt)).toBeLessThan(Date.now() + 300_001);
    expect(due.name).toBe('A <b>');
    await poll(instanceId);
    const { body: mended } = await call<InstanceView>('GET', `/v1/instances/${instanceId}`);
    expect(failuresOf(mended)?.filter((code) => code !== undefined)).toEqual([]);
    for (const secret of [app.clientSecret, token]) expect(logged()).not.toContain(secret);
  });
});

it('is refused when the vendor says that it is another account', async () => {
  const { link, consent, settings, store } = await open('hubspot');
  const { url, instanceId } = await link({ settings: { ...settings, portalId: '7' } });
  const answer = await browse(await consent(url));
  expect(await answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining('its portalId differs') });
  expect(await store.getInstance(instanceId)).toBeNull();
});

describe('what comes back from the page', () => {
  it('is taken once, and not after its time, changed, or without consent', async () => {
    const { link, consent, settings, store, wait } = await open('salesforce');
    const first = await link({ settings });
    const back = await consent(first.url);
    const changed = new URL(back);
    const state = changed.searchParams.get('state') ?? '';
    changed.searchParams.set('state', `${state.slice(0, -4)}AAAA`);
    expect((await browse(changed.href)).status).toBe(422);
    const denied = await browse(await consent(first.url, 'deny'));
    expect(await denied.json()).toMatchObject({ status: 422, detail: expect.stringContaining('access_denied') });
    expect(await store.getInstance(first.instanceId)).toBeNull();

    expect((await browse(back)).status).toBe(200);
    const replayed = await browse(await consent(first.url));
    expect(await replayed.json()).toMatchObject({ status: 422, detail: expect.stringContaining('used already') });
    expect(await store.listInstances({ limit: 9 })).toHaveLength(1);

    const second = await link({ settings });
    const wrong = new URL(await consent(second.url));
    wrong.searchParams.set('code', 'guessed');
    expect(await (await browse(wrong.href)).json()).toMatchObject({ failure: { code: 'credentials-refused' } });
    const late = await consent(second.url);
    wait(600_000);
    expect(await (await browse(late)).json()).toMatchObject({ detail: expect.stringContaining('expired') });
    expect(await store.listInstances({ limit: 9 })).toHaveLength(1);
  });

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://app.example.com@evil.example/',
    'https://u:p@app.example.com/',
    'javascript:alert(1)',
    '//app.example.com',
  ])('does not send the browser to %s', async (redirect) => {
    const { call, settings } = await open('salesforce');
    const { status } = await call('POST', '/v1/connectors/salesforce/authorize', { settings, redirect });
    expect([400, 422]).toContain(status);
  });
});
