/**
 * Two runtimes on one PostgreSQL, and a vendor that takes each refresh token once: while tokens end in the middle of
 * polls, one of the two asks for the next, and nothing is lost.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import type { PollOutcome, Runtime } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { type PostgresServer, startPostgres } from '../store/postgres-server.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

const objects = ['invoice', 'bill', 'payment'];
const nameAtVendor = (object: string): string => object.charAt(0).toUpperCase() + object.slice(1);
const rounds = 4;
const lastRounds = 2;
const { connectors } = await loadConnectors();

let postgres: PostgresServer;
let sandbox: Sandbox;
let proxy: CountingProxy;
let runtimes: Runtime[];
/** Moved only while no poll is under way, for leases end by it. */
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

beforeAll(async () => {
  postgres = await startPostgres();
  const faults = { rotateRefreshTokens: true, pageSize: 3, tokenLifeSeconds: 300 };
  sandbox = await startSandbox({ vendor: 'quickbooks', port: 0, clock: { now }, faults });
  proxy = await startCountingProxy(sandbox.origin);
  runtimes = await Promise.all([1, 2].map(openRuntime));
});
afterAll(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.close()));
  await proxy.close();
  await sandbox.close();
  await postgres.stop();
});

async function openRuntime(): Promise<Runtime> {
  return createRuntime({
    store: await openPostgresStore({ url: postgres.url, secretKey: Buffer.alloc(32, 7), poolSize: 4 }),
    connectors,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log: createLog('silent'),
    pollConcurrency: 4,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
    clock: { ...systemClock, now },
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

/** The requests that pass the proxy, one by one. */
async function whenPassed(count: number): Promise<void> {
  while (proxy.passed.length < count) await new Promise((resolve) => setImmediate(resolve));
}

it('ask once for each token, and lose neither it nor a change', { timeout: 120_000 }, async () => {
  const [first] = runtimes;
  const created = await first?.createInstance({
    connector: 'quickbooks',
    settings: { realmId: sandbox.credentials['realmId'] ?? '', apiUrl: proxy.origin, tokenUrl: proxy.origin },
    credentials: {
      clientId: sandbox.credentials['clientId'] ?? '',
      clientSecret: sandbox.credentials['clientSecret'] ?? '',
      refreshToken: sandbox.credentials['refreshToken'] ?? '',
    },
    objects: Object.fromEntries(objects.map((object) => [object, { start: 'everything' }])),
  });
  if (created?.ok !== true) throw new Error(JSON.stringify(created));
  const { id } = created.value;

  const outcomes: PollOutcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const object of objects) await control('POST', 'edit', { object: nameAtVendor(object), count: 4 });
    aheadMs += 400_000;
    const polling = pollAll(id);
    // The last one is over by now, and the next is ended when both runtimes are in the middle of their polls.
    await whenPassed(proxy.passed.length + 4);
    await control('PATCH', 'faults', { expireTokens: true });
    outcomes.push(...(await polling));
  }
  for (let last = 0; last < lastRounds; last += 1) {
    aheadMs += 400_000;
    outcomes.push(...(await pollAll(id)));
  }

  expect(outcomes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([]);
  const renewals = proxy.passed.filter(({ path }) => path.includes('/tokens/bearer'));
  expect(renewals.map(({ status }) => status)).toEqual(renewals.map(() => 200));
  const spent = renewals.map(({ sent }) => new URLSearchParams(sent).get('refresh_token'));
  expect(new Set(spent).size).toBe(spent.length);
  expect(spent).toHaveLength(2 * rounds + lastRounds);

  const records = (await (await fetch(`${sandbox.origin}/_sandbox/records`)).json()) as Record<string, object>;
  const events = ((await first?.listEvents(id, 0, 10_000)) ?? []) as readonly AnyhookEvent[];
  expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
  for (const object of objects) {
    const live = new Map<string, boolean>();
    for (const { data } of events) if (data.object === object) live.set(data.objectId, data.change !== 'deleted');
    const told = [...live].filter(([, isLive]) => isLive).map(([recordId]) => recordId);
    expect(told.toSorted()).toEqual(Object.keys(records[nameAtVendor(object)] ?? {}).toSorted());
  }
});

it('go on with the token of one that died, which was neither asked for again nor lost', {
  timeout: 60_000,
}, async () => {
  const store = await openPostgresStore({ url: postgres.url, secretKey: Buffer.alloc(32, 7), poolSize: 1 });
  const [instance] = await store.listInstances({ limit: 1 });
  if (instance === undefined) throw new Error('no instance');
  // What a runtime held for the polls before may be given back after they ended.
  await vi.waitFor(async () => {
    const dying = { owner: randomUUID(), now: now(), leaseMs: 20_000 };
    expect(await store.leaseCredentials(instance.id, dying)).not.toBeNull();
  });
  await control('PATCH', 'faults', { expireTokens: true });
  const before = proxy.passed.filter(({ path }) => path.includes('/tokens/bearer')).length;
  setTimeout(() => {
    aheadMs += 20_000;
  }, 500);
  const outcomes = await pollAll(instance.id);
  expect(outcomes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([]);
  expect(proxy.passed.filter(({ path }) => path.includes('/tokens/bearer')).length).toBe(before + 1);
  await store.close();
});
