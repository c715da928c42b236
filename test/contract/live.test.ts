/** The live cycle, at sandboxes that are spoken to as the vendors would be: by their own API alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { type LiveTested, testLive } from '../../src/contract/live.ts';
import { type ManualClock, manualClock } from '../../src/contract/manual-clock.ts';
import { namedObjects } from '../../src/contract/named-objects.ts';
import { tellPlan } from '../../src/contract/plan.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { readAccountObject } from '../../src/engine/account-objects.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { sendingBy, type VendorClient } from '../../src/http/client.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient } from '../../src/http/vendor-client.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

const { connectors } = await loadConnectors();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Account {
  readonly connector: Connector;
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly client: VendorClient;
  run(object: string, more?: { client?: VendorClient; signal?: AbortSignal }): Promise<LiveTested>;
  journal(): Promise<readonly string[]>;
  disturb(faults: object): Promise<void>;
}

async function openAccount(key: string): Promise<Account> {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);
  const clock = manualClock(Date.parse('2026-11-20T12:00:00Z'), () => 0.5);
  const sandbox = await startSandbox({ vendor: sandboxVendor(connector), port: 0, clock });
  closing.push(() => sandbox.close());
  const access = atSandbox(connector, sandbox.origin);
  const { auth, settings } = checkInstance(connector, access);
  if (auth === null) throw new Error('no way to authenticate');
  const client = createVendorClient({
    auth,
    http: connector.definition.http,
    settings,
    credentials: access.credentials,
    saveCredentials: async () => {},
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    quotas: createQuotas(clock),
    clock,
    userAgent: 'anyhook/test',
  });
  closing.push(() => client.close());
  const signal = new AbortController().signal;
  return {
    connector,
    sandbox,
    clock,
    client,
    async run(name, more = {}) {
      const asked = { client, settings, signal: more.signal ?? signal };
      const { object } = await readAccountObject(connector, name, { fields: null, where: null }, asked);
      if (object?.trial == null) throw new Error(`no trial of ${name}`);
      const progress = () => () => {};
      return testLive(object, object.trial, {
        connector,
        settings,
        client,
        clock,
        signal,
        run: 't1',
        progress,
        ...more,
      });
    },
    async journal() {
      const response = await fetch(`${sandbox.origin}/_sandbox/journal`);
      return ((await response.json()) as { action: string; id: string }[]).map(({ action, id }) => `${action} ${id}`);
    },
    async disturb(faults) {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${sandbox.origin}/_sandbox/faults`, { method: 'PATCH', headers, body: JSON.stringify(faults) });
    },
  };
}

/** The client, and what happens when it is asked to do something. */
function onEffect(client: VendorClient, happen: (method: string) => Promise<void> | void): VendorClient {
  return sendingBy(client, async (request, signal) => {
    const answer = await client.send(request, signal);
    if (request.isEffect === true) await happen(request.method);
    return answer;
  });
}

/** Somebody else removes the tickets. */
async function removeAll({ sandbox }: Account): Promise<void> {
  const response = await fetch(`${sandbox.origin}/_sandbox/records?object=tickets`);
  const { tickets } = (await response.json()) as { tickets: Readonly<Record<string, unknown>> };
  for (const id of Object.keys(tickets))
    await fetch(`${sandbox.origin}/_sandbox/records/tickets/${id}`, { method: 'DELETE' });
}

const all = [...connectors.values()].flatMap((connector) =>
  [...connector.objects.keys(), ...namedObjects(connector)].map((object) => ({ key: connector.key, object })),
);

describe('the live cycle', () => {
  it.each(all)(
    '$key $object comes out as events, and nothing is left',
    { timeout: 30_000 },
    async ({ key, object }) => {
      const account = await openAccount(key);
      expect(await account.run(object)).toMatchObject({ object, cycle: 'ok', left: [], diagnostics: [] });
      const done = await account.journal();
      const [created = ''] = done;
      const id = created.replace('create ', '');
      // A name that is never deleted is put out of use.
      const last = account.connector.objects.get(object)?.isNeverDeleted === true ? 'update' : 'delete';
      expect(done).toEqual([`create ${id}`, `update ${id}`, `update ${id}`, `${last} ${id}`]);
    },
  );

  it('that is interrupted removes what it created', async () => {
    const account = await openAccount('hubspot');
    const stopping = new AbortController();
    let effects = 0;
    const client = onEffect(account.client, () => {
      effects += 1;
      if (effects === 2) stopping.abort();
    });
    const tested = await account.run('contact', { client, signal: stopping.signal });
    expect(tested).toMatchObject({ cycle: 'interrupted', left: [], diagnostics: [] });
    expect((await account.journal()).map((line) => line.split(' ')[0])).toEqual(['create', 'update', 'delete']);
  });

  it('that is interrupted while the record is being created removes it too', async () => {
    const account = await openAccount('dynamics');
    const stopping = new AbortController();
    const client = sendingBy(account.client, (request, signal) => {
      if (request.isEffect === true) stopping.abort();
      return account.client.send(request, signal);
    });
    expect(await account.run('contact', { client, signal: stopping.signal })).toMatchObject({ left: [] });
    expect((await account.journal()).map((line) => line.split(' ')[0])).toEqual(['create', 'delete']);
  });

  it('waits out a vendor that says slow down', async () => {
    const account = await openAccount('salesforce');
    const client = onEffect(account.client, (method) =>
      method === 'POST' ? account.disturb({ throttleRate: 1, times: 3, retryAfterSeconds: null }) : undefined,
    );
    expect(await account.run('account', { client })).toMatchObject({ cycle: 'ok', left: [] });
  });

  it('tells a record that it could not remove, and one of which nobody knows', async () => {
    const account = await openAccount('hubspot');
    const client = onEffect(account.client, (method) =>
      method === 'PATCH' ? account.disturb({ errorRate: 1, times: null }) : undefined,
    );
    const tested = await account.run('ticket', { client });
    expect(tested.cycle).toBe('failed');
    expect(tested.left).toHaveLength(1);
    expect(tested.diagnostics.map(({ code }) => code)).toEqual(['case-failed', 'trial-left']);
    expect(tested.diagnostics[1]?.message).toContain(tested.left[0]);

    const other = await openAccount('hubspot');
    const lost = sendingBy(other.client, async (request, signal) => {
      if (request.isEffect === true) await other.disturb({ dropRate: 1, times: null });
      return other.client.send(request, signal);
    });
    const { left, diagnostics } = await other.run('ticket', { client: lost });
    expect(left).toEqual([]);
    expect(diagnostics.at(-1)).toMatchObject({ code: 'trial-left' });
    expect(diagnostics.at(-1)?.message).toContain('anyhook-t1-1x');
  });

  it('does not take a record for removed because its request found nothing there', async () => {
    const account = await openAccount('hubspot');
    const lost = sendingBy(account.client, (request, signal) =>
      account.client.send(request.method === 'DELETE' ? { ...request, path: '/elsewhere' } : request, signal),
    );
    const tested = await account.run('ticket', { client: lost });
    expect(tested).toMatchObject({ cycle: 'failed', left: [expect.any(String)] });
    expect(tested.diagnostics.at(-1)).toMatchObject({ code: 'trial-left' });
    const gone = onEffect(account.client, async (method) => {
      if (method === 'PATCH') await removeAll(account);
    });
    expect(await account.run('ticket', { client: gone })).toMatchObject({ cycle: 'failed', left: [] });
  });

  it('does not take for undone what an answer denies a part of', async () => {
    const account = await openAccount('shopify-graphql');
    const partly = sendingBy(account.client, async (request, signal) => {
      const answer = await account.client.send(request, signal);
      if (request.isEffect !== true) return answer;
      const detail = { status: 200 };
      throw new Failure('scope-missing', 'Access denied for legacyResourceId field.', { retryable: false, detail });
    });
    const { left, diagnostics } = await account.run('customer', { client: partly });
    expect(left).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['case-failed', 'trial-left']);
  });

  it('says of what the vendor never deletes that it stays', async () => {
    const { connector } = await openAccount('quickbooks');
    const object = connector.objects.get('customer');
    if (object?.trial == null) throw new Error('no trial');
    const plan = tellPlan(object, object.trial, { realmId: '1', minorVersion: '75' }, 't1');
    expect(plan.split('\n').at(-1)).toContain('there it stays');
  });

  it('says before what it will write, without a secret', async () => {
    const { connector } = await openAccount('quickbooks');
    const object = connector.objects.get('invoice');
    if (object?.trial == null) throw new Error('no trial');
    const plan = tellPlan(object, object.trial, { realmId: '1', minorVersion: '75' }, 't1');
    expect(plan.split('\n')).toHaveLength(5);
    expect(plan).toContain(
      'POST /invoice?minorversion=75 {"CustomerRef":{"value":"{found.customer}"},"PrivateNote":"anyhook-t1-1x"',
    );
    expect(plan).toContain(
      '{"Id":"{id}","SyncToken":"{record.SyncToken}","sparse":true,"PrivateNote":"anyhook-t1-3x"}',
    );
    expect(plan).not.toContain('credentials');
  });
});
