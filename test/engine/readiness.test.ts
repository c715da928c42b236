/** Whether the service is ready, asked for on real stores: one whose files may not grow, one whose database is silent. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/engine/log.ts';
import { createReadiness } from '../../src/engine/readiness.ts';
import { systemClock } from '../../src/http/clock.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { type PostgresServer, startPostgres } from '../store/postgres-server.ts';
import { freshSqlite } from '../suite/fresh-store.ts';
import { program } from '../suite/program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-readiness-'));
});
afterAll(() => rm(folder, { recursive: true }));

const log = createLog('silent');

describe('a process whose files may not grow any more', () => {
  it('says that it is not ready, and why, until they may', async () => {
    // In blocks of 512 or 1,024 bytes, as the shell counts; node is told that a file is full, and does not end.
    const script = 'ulimit -S -f 2000; exec "$0" "$@"';
    const args = ['serve', '--data', folder, '--port', '0', '--log-level', 'silent'];
    const child = spawn('/bin/sh', ['-c', script, process.execPath, program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let [url, key] = ['', ''];
      for await (const line of createInterface({ input: child.stdout })) {
        key = /ahk_\S+/.exec(line)?.[0] ?? key;
        url = /Listening at (\S+)/.exec(line)?.[1] ?? '';
        if (url !== '') break;
      }
      const ready = async () => {
        const answer = await fetch(`${url}/readyz`);
        return { status: answer.status, body: (await answer.json()) as { readonly detail?: string } };
      };
      await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 200 }), 10_000);
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const input = { connector: 'hubspot', credentials: { accessToken: 'x'.repeat(10_000) } };
      const make = () => fetch(`${url}/v1/instances`, { method: 'POST', headers, body: JSON.stringify(input) });
      const statuses = new Set<number>();
      for (let made = 0; made < 400 && !statuses.has(503); made += 1) statuses.add((await make()).status);
      expect([...statuses]).toEqual([201, 503]);
      await vi.waitFor(async () => expect((await ready()).status).toBe(503), { timeout: 10_000, interval: 200 });
      expect((await ready()).body.detail).toMatch(
        /^The database cannot be read or written now: .+ \(store-unavailable, SQLITE_/,
      );
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      if (process.platform !== 'linux') return;
      await promisify(execFile)('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
      await vi.waitFor(async () => expect((await ready()).status).toBe(200), { timeout: 10_000, interval: 200 });
      expect((await make()).status).toBe(201);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
});

describe('a store that is looked at', () => {
  it('is written to once in five seconds, however many ask', async () => {
    const opened = await freshSqlite();
    let [looks, nowMs] = [0, 0];
    const store = {
      probe: () => {
        looks += 1;
        return opened.store.probe();
      },
    };
    const unready = createReadiness({ store, clock: { ...systemClock, steady: () => nowMs }, log });
    for (nowMs = 0; nowMs < 20_000; nowMs += 500) {
      expect(await Promise.all([unready(), unready(), unready()])).toEqual([null, null, null]);
    }
    expect(looks).toBe(4);
    await opened.store.close();
    expect(await unready()).toBe('The store cannot be used; the log says why.');
    await opened.close();
  });
});

describe('a database that falls silent', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('is not waited for, and what is gone is named by its code, without host and user', async () => {
    const target = new URL(server.url);
    const sockets = new Set<Socket>();
    let isSilent = false;
    const relay = createServer((socket) => {
      const other = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [socket, other],
        [other, socket],
      ] as const) {
        sockets.add(from);
        from.on('data', (chunk) => isSilent || to.write(chunk));
        from.on('error', () => {}).on('close', () => to.destroy());
      }
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(target);
    url.port = String((relay.address() as { readonly port: number }).port);
    const store = await openPostgresStore({ url: url.href, secretKey: Buffer.alloc(32, 7), schema: 'readiness' });
    let nowMs = 0;
    const unready = createReadiness({ store, clock: { ...systemClock, steady: () => nowMs }, log });
    expect(await unready()).toBeNull();
    isSilent = true;
    nowMs += 6_000;
    const [one, other] = await Promise.all([unready(), unready()]);
    expect([one, other]).toEqual(Array(2).fill('The store has not answered within 2000 ms.'));
    relay.close();
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await unready()).toMatch(/\(store-unavailable, [\w-]+\)$/), 10_000);
    nowMs += 6_000;
    expect(await unready()).toMatch(/\(store-unavailable, ECONNREFUSED\)$/);
    await store.close();
  });
});
