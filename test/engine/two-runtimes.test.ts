/**
 * Two runtimes on one store, and vendors that take each refresh token once: while tokens end in the middle of polls, one
 * of the two asks for the next, and nothing is lost. On PostgreSQL each has connections of its own, as two processes
 * have; SQLite is for one process, so both use the one store that it has opened.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import type { PollOutcome, Runtime } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { type AnyhookEvent, isChange } from '../../src/event/event.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { type PostgresServer, startPostgres } from '../store/postgres-server.ts';
import { freshSqlite } from '../suite/fresh-store.ts';
import { type CountingProxy, type Passed, startCountingProxy } from './counting-proxy.ts';

/** Objects by the names of the connector and of the sandbox. HubSpot never replaces a refresh token. */
const rotating: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  quickbooks: { invoice: 'Invoice', bill: 'Bill', payment: 'Payment' },
  salesforce: { contact: 'Contact', account: 'Account', lead: 'Lead' },
  dynamics: { contact: 'contact', account: 'account', lead: 'lead' },
  shopify: { customer: 'customers', product: 'products' },
  'shopify-graphql': { customer: 'customers', product: 'products' },
};
const rounds = 3;
const lastRounds = 2;
const { connectors } = await loadConnectors();
const secretKey = Buffer.alloc(32, 7);

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const stores = ['PostgreSQL', 'SQLite'] as const;
/** The connectors of one vendor, which may be asked only twice a second, share the stores between them. */
const cases = Object.keys(rotating).flatMap((key) =>
  stores
    .filter((store) => !key.startsWith('shopify') || (store === 'SQLite') === (key === 'shopify-graphql'))
    .map((store) => ({ key, store })),
);

describe.each(cases)('two runtimes at $key on $store', ({ key, store: kind }) => {
  const names = rotating[key] ?? {};
  const objects = Object.keys(names);
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);

  let sandbox: Sandbox;
  let proxy: CountingProxy;
  let runtimes: Runtime[];
  /** For a look behind the runtimes. */
  let store: Store;
  const closing: (() => Promise<void>)[] = [];
  /** Moved only while no poll is under way, for leases end by it. */
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;

  beforeAll(async () => {
    // What may be asked twice a second is asked for less.
    const pageSize = key.startsWith('shopify') ? 12 : 3;
    const faults = { rotateRefreshTokens: true, pageSize, tokenLifeSeconds: 300, quotaPerBurst: 10_000 };
    sandbox = await startSandbox({ vendor: sandboxVendor(connector), port: 0, clock: { now }, faults });
    proxy = await startCountingProxy(sandbox.origin);
    const open = await opener();
    store = await open();
    runtimes = [runtimeOn(await open(), 'one'), runtimeOn(await open(), 'other')];
  });
  afterAll(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.close()));
    await store.close();
    for (const close of closing) await close();
    await proxy.close();
    await sandbox.close();
  });

  async function opener(): Promise<() => Promise<Store>> {
    const schema = `of_${key.replace('-', '_')}`;
    if (kind === 'PostgreSQL') return () => openPostgresStore({ url: postgres.url, secretKey, schema, poolSize: 4 });
    const opened = await freshSqlite();
    closing.push(() => opened.close());
    return async () => ({ ...opened.store, close: async () => undefined });
  }

  function runtimeOn(store: Store, name: string): Runtime {
    return createRuntime({
      store,
      connectors,
      addressRules: compileAddressRules(['127.0.0.0/8']).rules,
      log: createLog('silent'),
      pollConcurrency: 4,
      deliveryConcurrency: 1,
      userAgent: `anyhook/${name}`,
      clock: { ...systemClock, now, steady: now },
    });
  }

  const control = async (method: string, path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${sandbox.origin}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
    return answer.json();
  };

  /** Polls everything in both runtimes at once; one of them has the lease of a feed, and the other is told so. */
  async function pollAll(id: string): Promise<readonly PollOutcome[]> {
    const polls = runtimes.flatMap((runtime) => objects.map((object) => runtime.pollNow(id, object)));
    const ended = await Promise.allSettled(polls);
    return ended.flatMap((each) => {
      if (each.status === 'fulfilled') return each.value ?? [];
      if (each.reason instanceof Failure && each.reason.code === 'lease-lost') return [];
      throw each.reason;
    });
  }

  const isRenewal = ({ sent }: Passed): boolean => sent.includes('refresh_token');
  const renewalsOf = () => proxy.passed.filter(isRenewal);

  /**
   * Both are at work, and nothing that was refused with the token before is on its way once more: whom a vendor refuses
   * twice in a row, that is refused.
   */
  async function whenAtWork(from: number): Promise<void> {
    for (;;) {
      const asked = proxy.passed.slice(from).filter((each) => !isRenewal(each));
      const isOpen = ({ agent, path, sent }: Passed, index: number): boolean =>
        !asked
          .slice(index + 1)
          .some((later) => later.status === 200 && later.agent === agent && later.path === path && later.sent === sent);
      const isAgain = asked.some((each, index) => each.status === 401 && isOpen(each, index));
      if (!isAgain && asked.filter(({ status }) => status === 200).length >= 4) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('ask once for each token, and lose neither it nor a change', { timeout: 120_000 }, async () => {
    const [first] = runtimes;
    const { settings } = atSandbox(connector, proxy.origin);
    const { clientId = '', clientSecret = '', refreshToken = '' } = sandbox.credentials;
    const created = await first?.createInstance({
      connector: key,
      settings,
      credentials: { clientId, clientSecret, refreshToken },
      objects: Object.fromEntries(objects.map((object) => [object, { start: 'everything' }])),
    });
    if (created?.ok !== true) throw new Error(JSON.stringify(created));
    const { id } = created.value;

    const outcomes: PollOutcome[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const object of Object.values(names)) await control('POST', 'edit', { object, count: 4 });
      aheadMs += 400_000;
      const from = proxy.passed.length;
      const polling = pollAll(id);
      // The last one is over by now, and the next is ended when both runtimes are in the middle of their polls.
      await whenAtWork(from);
      await control('PATCH', 'faults', { expireTokens: true });
      outcomes.push(...(await polling));
    }
    for (let last = 0; last < lastRounds; last += 1) {
      aheadMs += 400_000;
      outcomes.push(...(await pollAll(id)));
    }

    expect(outcomes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([]);
    const renewals = renewalsOf();
    expect(renewals.map(({ status }) => status)).toEqual(renewals.map(() => 200));
    const spent = renewals.map(({ sent }) => sent);
    expect(new Set(spent).size).toBe(spent.length);
    // At least one each time, and each that was ended in the middle of something took one more.
    expect(spent.length).toBeGreaterThan(rounds + lastRounds);
    expect(spent.length).toBeLessThanOrEqual(2 * rounds + lastRounds);
    await expectNothingLost(id);
  });

  /** The stream tells of all that the sandbox has, once. */
  async function expectNothingLost(id: string): Promise<void> {
    const records = (await (await fetch(`${sandbox.origin}/_sandbox/records`)).json()) as Record<string, object>;
    const stream = await store.listEvents({ instanceId: id, after: 0, limit: 10_000 });
    const events: readonly AnyhookEvent[] = stream.filter(isChange);
    expect(stream.map(({ sequence }) => Number(sequence))).toEqual(stream.map((_, index) => index + 1));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    for (const object of objects) {
      const live = new Map<string, boolean>();
      for (const { data } of events) if (data.object === object) live.set(data.objectId, data.change !== 'deleted');
      const told = [...live].filter(([, isLive]) => isLive).map(([recordId]) => recordId);
      expect(told.toSorted(), object).toEqual(Object.keys(records[names[object] ?? ''] ?? {}).toSorted());
    }
  }

  it('go on with the token of one that died, which was neither asked for again nor lost', {
    timeout: 60_000,
  }, async () => {
    const [instance] = await store.listInstances({ limit: 1 });
    if (instance === undefined) throw new Error('no instance');
    // A window that has no time in it asks for nothing.
    aheadMs += 400_000;
    // What a runtime held for the polls before may be given back after they ended.
    await vi.waitFor(async () => {
      const dying = { owner: randomUUID(), now: now(), leaseMs: 20_000 };
      expect(await store.leaseCredentials(instance.id, dying)).not.toBeNull();
    });
    const before = renewalsOf().length;
    setTimeout(() => {
      aheadMs += 20_000;
    }, 500);
    const outcomes = await pollAll(instance.id);
    expect(outcomes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([]);
    expect(renewalsOf().length).toBe(before + 1);
  });
});
