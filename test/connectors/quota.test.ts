/**
 * How fast the connectors go at vendors that say how much is left: never so fast that they are refused, and as fast as the
 * account is allowed to be.
 */
import { expect, onTestFinished, test } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { renderRequest } from '../../src/connector/render-request.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { VendorRequest } from '../../src/http/client.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient } from '../../src/http/vendor-client.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startCountingProxy } from '../engine/counting-proxy.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const { connectors } = await loadConnectors();

/** The seconds that so many requests take an account whose vendor allows so many at once. */
async function secondsOf(
  key: string,
  requests: number,
  quotaPerBurst: number | null,
  given?: VendorRequest,
): Promise<number> {
  const connector = connectors.get(key);
  if (connector?.verify == null) throw new Error(`${key} has no request to try`);
  const { verify } = connector;
  const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));
  const sandbox = await startSandbox({ vendor: sandboxVendor(connector), port: 0, clock });
  onTestFinished(() => sandbox.close());
  await fetch(`${sandbox.origin}/_sandbox/faults`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ quotaPerBurst }),
  });
  const proxy = await startCountingProxy(sandbox.origin);
  onTestFinished(() => proxy.close());
  const access = atSandbox(connector, proxy.origin);
  const { auth, settings } = checkInstance(connector, access);
  if (auth === null) throw new Error('no way in');
  const client = createVendorClient({
    auth,
    http: connector.definition.http,
    settings,
    credentials: access.credentials,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    quotas: createQuotas(clock),
    clock,
    userAgent: 'anyhook/test',
  });
  onTestFinished(() => client.close());
  const from = clock.now();
  const request = given ?? renderRequest(verify, { settings });
  for (let count = 0; count < requests; count += 1) await client.send(request);
  // One for the token, where there is one: none was refused and sent again.
  expect(proxy.passed.length - requests).toBeLessThanOrEqual(1);
  return (clock.now() - from) / 1000;
}

test('a standard shop is asked twice a second once its bucket has filled', async () => {
  const seconds = await secondsOf('shopify', 120, 40);
  expect(seconds).toBeGreaterThan(40);
  expect(seconds).toBeLessThan(60);
});

test('a shop of a larger plan is asked ten times as often', async () => {
  expect(await secondsOf('shopify', 120, 400)).toBeLessThan(6);
});

test.each<[string, number, number, number]>([
  ['a standard shop', 40, 20, 80],
  ['a shop of a larger plan', 400, 0, 12],
])('%s is asked as dear queries as its points allow', async (_plan, quotaPerBurst, least, most) => {
  // 202 points are asked for and 27 taken: there are 25 customers. The bucket holds 2,000 for 40 calls, and 100 come back in a second.
  const query = '{ customers(first: 200) { nodes { id } } }';
  const path = '/admin/api/2026-07/graphql.json';
  const request: VendorRequest = { method: 'POST', path, query: [], headers: {}, body: { query } };
  const seconds = await secondsOf('shopify-graphql', 150, quotaPerBurst, request);
  expect(seconds).toBeGreaterThanOrEqual(least);
  expect(seconds).toBeLessThan(most);
});

test('an environment of Dynamics is not asked more often than it says is left', async () => {
  const seconds = await secondsOf('dynamics', 90, 60);
  expect(seconds).toBeGreaterThan(120);
  expect(seconds).toBeLessThan(900);
});
