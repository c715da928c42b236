/** Two processes on one PostgreSQL, and a vendor that tells one of them to wait. */
import { afterAll, expect, it } from 'vitest';
import { atSandbox } from '../../src/cli/sandbox-instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import type { Runtime } from '../../src/engine/api.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { startPostgres } from '../store/postgres-server.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

it('the pause that one was asked for is kept by the other, and by one that starts later; other accounts go on', async () => {
  const server = await startPostgres();
  closing.push(() => server.stop());
  const clock = virtualClock();
  const sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock: { now: clock.now } });
  closing.push(() => sandbox.close());
  const { connectors } = await loadConnectors();
  const hubspot = connectors.get('hubspot');
  if (hubspot === undefined) throw new Error('no connector');

  const startRuntime = async (): Promise<Runtime> => {
    const store = await openPostgresStore({ url: server.url, secretKey: Buffer.alloc(32, 7), schema: 'anyhook' });
    const runtime = createRuntime({
      store,
      connectors,
      addressRules: compileAddressRules(['127.0.0.0/8']).rules,
      log: createLog('silent'),
      pollConcurrency: 4,
      deliveryConcurrency: 4,
      userAgent: 'anyhook/test',
      clock,
    });
    closing.push(() => runtime.close());
    return runtime;
  };
  const [one, two] = [await startRuntime(), await startRuntime()];
  const create = async (credentials: Readonly<Record<string, string>> = {}): Promise<string> => {
    const access = atSandbox(hubspot, sandbox.origin);
    const created = await one.createInstance({
      connector: 'hubspot',
      ...access,
      credentials: { ...access.credentials, ...credentials },
      objects: { contact: {} },
    });
    if (!created.ok) throw new Error('not created');
    return created.value.id;
  };
  const poll = async (runtime: Runtime, id: string) =>
    (await runtime.pollNow(id, 'contact'))?.map(({ failure }) => failure?.code ?? 'well');
  const disturb = (faults: object) =>
    fetch(`${sandbox.origin}/_sandbox/faults`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    });

  const [first, second, stranger] = [await create(), await create(), await create({ accessToken: 'of-another' })];
  expect(await poll(one, first)).toEqual(['well', 'well']);
  expect(await poll(two, second)).toEqual(['well', 'well']);
  await disturb({ throttleRate: 1, retryAfterSeconds: 600 });
  expect(await poll(one, first)).toEqual(['vendor-throttled', 'account-waiting']);
  clock.advance(1_000);
  // It would be throttled if it asked.
  expect(await poll(two, second)).toEqual(['account-waiting', 'account-waiting']);
  expect(await poll(await startRuntime(), second)).toEqual(['account-waiting', 'account-waiting']);
  expect(await poll(two, stranger)).toEqual(['vendor-throttled', 'account-waiting']);

  await disturb({ throttleRate: 0 });
  clock.advance(598_000);
  expect(await poll(two, second)).toEqual(['well', 'well']);
  expect(await poll(one, first)).toEqual(['well', 'well']);
});
