/** The runtime as a whole, where its parts meet. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { createLog } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

it('closed in the middle of a poll that was asked for: the poll breaks off, and then the store closes', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-runtime-'));
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const lines: string[] = [];
  const store = await openSqliteStore({ file: path.join(folder, 'a.db'), secretKey: randomBytes(32) });
  const { connectors } = await loadConnectors();
  const runtime = createRuntime({
    store,
    connectors,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log: createLog('warn', new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) })),
    pollConcurrency: 1,
    deliveryConcurrency: 1,
    userAgent: 'anyhook/test',
  });
  const created = await runtime.createInstance({
    connector: 'hubspot',
    settings: { baseUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` },
    credentials: { accessToken: 'secret-token' },
    objects: { contact: {} },
  });
  if (!created.ok) throw new Error('not created');
  const asked = once(silent, 'request');
  const poll = runtime.pollNow(created.value.id, 'contact').catch((error: unknown) => error);
  await asked;
  await runtime.close();
  // Its second feed is not begun any more.
  expect(await poll).toMatchObject({ code: 'lease-lost' });
  expect(lines).toEqual([]);
  silent.closeAllConnections();
  silent.close();
  await rm(folder, { recursive: true });
});
