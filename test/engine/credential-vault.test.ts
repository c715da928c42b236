/** Credentials that two processes renew: real clients and a real store between them, and a vendor that takes each refresh token once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TokenAuth } from '../../src/definition/connector.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { createCredentialVault, credentialLeaseMs } from '../../src/engine/credential-vault.ts';
import type { VendorRequest } from '../../src/http/client.ts';
import type { InstanceClient } from '../../src/http/vendor-client.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { clientOf, sendJson, startVendor, type VendorServer } from '../http/vendor-server.ts';
import { instanceOf } from '../suite/store-builders.ts';
import { type VirtualClock, virtualClock } from '../suite/virtual-clock.ts';

const get: VendorRequest = { method: 'GET', path: '/contacts', query: [], headers: {} };
const auth: TokenAuth = {
  name: 'oauth',
  kind: 'token',
  requires: ['clientId', 'refreshToken'],
  token: {
    url: '{settings.baseUrl}/token',
    form: { client_id: '{credentials.clientId}', refresh_token: '{credentials.refreshToken}' },
    rotates: { refreshToken: 'refresh_token' },
  },
  headers: { Authorization: 'Bearer {auth.accessToken}' },
};
const credentials = { clientId: 'id', refreshToken: 'refresh-0' };

let folder: string;
let store: Store;
let clock: VirtualClock;
let server: VendorServer;
let clients: InstanceClient[];
/** How often the vendor has replaced the refresh token, and what it answers then. */
let rotations: number;
let answer: (number: number) => object;
/** Access tokens that the vendor no longer takes. */
let dead: Set<string>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-vault-'));
  store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: Buffer.alloc(32, 7) });
  await store.createInstance(instanceOf('a', { credentials }), []);
  clock = virtualClock();
  clients = [];
  rotations = 0;
  dead = new Set();
  answer = (number) => ({ access_token: `access-${number}`, refresh_token: `refresh-${number}`, expires_in: 3600 });
  server = await startVendor(({ url, headers, text }, response) => {
    if (url.pathname !== '/token') {
      const token = (headers.authorization ?? '').replace('Bearer ', '');
      const isGood = token.startsWith('access-') && !dead.has(token);
      return sendJson(response, isGood ? 200 : 401, { token });
    }
    if (new URLSearchParams(text).get('refresh_token') !== `refresh-${rotations}`)
      return sendJson(response, 400, { error: 'invalid_grant' });
    rotations += 1;
    return sendJson(response, 200, answer(rotations));
  });
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
  await store.close();
  await rm(folder, { recursive: true });
});

/** A client as another process has it: nothing is shared but the store. */
function client(through: Store = store, settings: Record<string, unknown> = {}): InstanceClient {
  const vault = createCredentialVault({
    store: through,
    clock,
    instanceId: 'a',
    complete: (stored) => stored,
    onStored: () => undefined,
  });
  const made = clientOf(server.origin, {
    auth,
    vault,
    credentials,
    clock,
    settings: { baseUrl: server.origin, ...settings },
  }).client;
  clients.push(made);
  return made;
}
const tokenRequests = () => server.received.filter(({ url }) => url.pathname === '/token').length;
const stored = async () => (await store.getInstance('a'))?.credentials['refreshToken'];
const tokenOf = async (each: InstanceClient) => (await each.send(get)).body;

it('spend a refresh token once, and share what it gave', async () => {
  const processes = [client(), client(), client()];
  const answers = await Promise.all(processes.flatMap((each) => [each.send(get), each.send(get)]));
  expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 6 }, () => ({ token: 'access-1' })));
  expect(tokenRequests()).toBe(1);
  clock.advance(3_600_000);
  await Promise.all(processes.map((each) => each.send(get)));
  expect({ asked: tokenRequests(), rotations, stored: await stored() }).toEqual({
    asked: 2,
    rotations: 2,
    stored: 'refresh-2',
  });
});

it('do not take a token that was made with other settings', async () => {
  await client().send(get);
  expect(await tokenOf(client(store, { scope: 'other' }))).toEqual({ token: 'access-2' });
});

it('find the token that another was given, when theirs is refused', async () => {
  const [one, two] = [client(), client()];
  await one.send(get);
  await two.send(get);
  dead.add('access-1');
  await one.send(get);
  expect(await tokenOf(two)).toEqual({ token: 'access-2' });
  expect(tokenRequests()).toBe(2);
  // Both that it has and that the other has are dead.
  dead.add('access-2');
  await one.send(get);
  dead.add('access-3');
  expect(await tokenOf(two)).toEqual({ token: 'access-4' });
});

it('go on with what a person has given, when they are told of it', async () => {
  const one = client();
  await one.send(get);
  const given = await store.getInstance('a');
  if (given === null) throw new Error('gone');
  await store.updateInstance({ ...given, credentials: { refreshToken: 'refresh-7' } }, []);
  rotations = 7;
  expect(await tokenOf(one)).toEqual({ token: 'access-1' });
  one.recheck();
  expect(await tokenOf(one)).toEqual({ token: 'access-8' });
  expect(await stored()).toBe('refresh-8');
});

it('wait for one who died while renewing them, and no longer than its lease', async () => {
  await store.leaseCredentials('a', { owner: 'dead', now: clock.now(), leaseMs: credentialLeaseMs });
  const diedAt = clock.now();
  await client().send(get);
  expect(clock.now() - diedAt).toBeGreaterThanOrEqual(credentialLeaseMs);
  expect(clock.now() - diedAt).toBeLessThan(credentialLeaseMs + 1_000);
});

it('that one who died has spent are to be given again: the failure says so', async () => {
  await store.leaseCredentials('a', { owner: 'dead', now: clock.now(), leaseMs: credentialLeaseMs });
  rotations = 1;
  const each = client();
  await expect(each.send(get)).rejects.toMatchObject({
    code: 'credentials-refused',
    retryable: false,
    help: expect.stringMatching(/A process ended while .* connect the account again/),
  });
  // Later refusals were not its doing.
  await expect(each.send(get)).rejects.toMatchObject({ help: expect.stringMatching(/^Check the credentials/) });
});

it('are not waited for when the client closes', async () => {
  await store.leaseCredentials('a', { owner: 'other', now: clock.now() + 1e9, leaseMs: credentialLeaseMs });
  const each = client();
  const sending = each.send(get).catch((error: unknown) => error);
  const closing = each.close();
  expect(await sending).toMatchObject({ code: 'vendor-unreachable' });
  await closing;
});

it('are given up when another keeps them for ever', async () => {
  await store.leaseCredentials('a', { owner: 'other', now: clock.now() + 1e9, leaseMs: credentialLeaseMs });
  await expect(client().send(get)).rejects.toMatchObject({ code: 'lease-lost', retryable: true });
  expect(tokenRequests()).toBe(0);
});

it('are not lost to a store that is away for a while', async () => {
  let away = 3;
  const flaky: Store = {
    ...store,
    saveRenewed: async (id, renewed) => {
      away -= 1;
      if (away >= 0) throw new Failure('store-unavailable', 'The disk is full.', { retryable: true });
      return store.saveRenewed(id, renewed);
    },
  };
  const each = client(flaky);
  await each.send(get);
  expect(await stored()).toBe('refresh-1');
  expect(server.received.map(({ url }) => url.pathname)).toEqual(['/token', '/contacts']);
  // For longer than anybody waits: the client keeps it, and stores it when it renews again.
  away = 1_000;
  clock.advance(3_600_000);
  await expect(each.send(get)).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(await stored()).toBe('refresh-1');
  away = 0;
  await each.send(get);
  expect({ rotations, stored: await stored() }).toEqual({ rotations: rotations, stored: `refresh-${rotations}` });
});

it('that the vendor replaced are stored, whatever its answer lacks', async () => {
  answer = (number) => ({
    refresh_token: `refresh-${number}`,
    ...(number > 1 && { access_token: `access-${number}` }),
  });
  expect(await tokenOf(client())).toEqual({ token: 'access-2' });
  expect(await stored()).toBe('refresh-2');
});
