/** The lines of instances while people change them under a poll. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { queryOf } from '../../src/connector/narrow.ts';
import { createFeedLines } from '../../src/engine/feed-lines.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import type { Instance } from '../../src/store/port.ts';
import { objectDefaults } from '../../src/store/row/instance-row.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const { connectors } = await loadConnectors();
const key = { instanceId: 'i', object: 'contact', feed: 'changes' } as const;

/** An instance at a vendor whose token endpoint lets `happen` happen before it answers with a new refresh token. */
async function openLine(happen: (change: (parts: Partial<Instance>) => Promise<void>) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-lines-'));
  closing.push(() => rm(folder, { recursive: true }));
  const store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: randomBytes(32) });
  closing.push(() => store.close());
  const server = createServer(async (request, response) => {
    const sent = new URLSearchParams(await text(request)).get('refresh_token');
    if (request.url?.includes('token') === true) await happen(change);
    response.setHeader('content-type', 'application/json');
    const token = { access_token: 'at', refresh_token: `made-of-${sent}`, expires_in: 1_800 };
    response.end(JSON.stringify({ ...token, results: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const instance: Instance = {
    id: 'i',
    connector: 'hubspot',
    name: 'i',
    tags: [],
    settings: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    credentials: { clientId: 'c', clientSecret: 's', refreshToken: 'old' },
    callback: null,
    callbackDisabledAt: null,
    nativeWebhooks: true,
    objects: { contact: objectDefaults },
    createdAt: 0,
    updatedAt: 0,
  };
  const change = async (parts: Partial<Instance>): Promise<void> => {
    await store.updateInstance({ ...instance, ...parts }, []);
  };
  await store.createInstance(instance, []);
  // The vendor has told of the object before.
  const description = { values: {}, fields: null };
  await store.saveDescription({ instanceId: 'i', object: 'contact', description, dueAt: Number.MAX_SAFE_INTEGER });
  const { rules: addressRules } = compileAddressRules(['127.0.0.0/8']);
  const lines = createFeedLines({
    store,
    connectors,
    addressRules,
    clock: systemClock,
    owner: 'node',
    userAgent: 'anyhook/test',
    apps: {},
    appHosts: {},
  });
  closing.push(() => lines.close());
  const line = async () => {
    const found = await lines.line(key);
    if (found === null) throw new Error('no line');
    return found;
  };
  const credentials = async () => (await store.getInstance('i'))?.credentials;
  return { line, change, credentials };
}

const request = { method: 'GET', path: '/x', query: [], headers: {} } as const;

describe('the line of an instance', () => {
  it('does not put what the vendor made of old credentials over those that a person gives meanwhile', async () => {
    const { line, credentials } = await openLine((change) => change({ credentials: { refreshToken: 'given' } }));
    const { client } = await line();
    await expect(client.send(request)).rejects.toMatchObject({ code: 'credentials-expired', retryable: true });
    expect(await credentials()).toMatchObject({ refreshToken: 'given' });
    // What is under way goes on: the client itself asks with the new ones from here on.
    expect((await line()).client).toBe(client);
    await client.send(request);
    expect(await credentials()).toMatchObject({ refreshToken: 'made-of-given' });
  });

  it('is another when credentials change that requests are made with', async () => {
    const { line, change } = await openLine(async () => {});
    const { client } = await line();
    await change({ credentials: { clientSecret: 'another' } });
    expect((await line()).client).not.toBe(client);
  });

  it('keeps what the vendor rotated when a person changes something else meanwhile', async () => {
    const { line, credentials } = await openLine((change) => change({ credentials: { clientSecret: 'given' } }));
    await (await line()).client.send(request);
    expect(await credentials()).toEqual({ clientId: 'c', clientSecret: 'given', refreshToken: 'made-of-old' });
  });

  it('follows a where that is changed, and is the connector’s own without one', async () => {
    const { line, change } = await openLine(async () => {});
    const ownText = async () => queryOf((await line()).source.detection)?.where.text;
    const own = await ownText();
    const objects = (where: string | null) => ({ contact: { ...objectDefaults, where } });
    await change({ objects: objects("email = 'a'"), credentials: {} });
    const first = (await line()).source.detection;
    expect(queryOf(first)?.where.text).toContain("email = 'a'");
    expect((await line()).source.detection).toBe(first);
    await change({ objects: objects("email = 'b'"), credentials: {} });
    expect(queryOf((await line()).source.detection)?.where.text).toContain("email = 'b'");
    await change({ objects: objects(null), credentials: {} });
    expect(await ownText()).toBe(own);
  });
});
