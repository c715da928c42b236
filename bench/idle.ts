/** How much memory `anyhook serve` takes while nothing is due, with as many instances as it is made for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { startPostgres } from '../test/store/postgres-server.ts';
import { type Measure, type Pace, quick } from './measure.ts';
import { scheduleInPostgres, scheduleInSqlite } from './scheduled.ts';

/** The build, which is what people run. */
const main = join(import.meta.dirname, '../../dist/cli/main.js');
const secretKey = Buffer.alloc(32, 7);
const mostMegabytes = 200;

export async function run(pace: Pace): Promise<readonly Measure[]> {
  const [inSqlite, inPostgres] = pace === quick ? [1_000, 1_000] : [100_000, 1_000_000];
  const settleMs = pace === quick ? 1_000 : 15_000;
  const dir = await mkdtemp(join(tmpdir(), 'anyhook-bench-'));
  const server = await startPostgres('shared_buffers=256MB', 'max_wal_size=2GB');
  const never = Date.now() + 24 * 3_600_000;
  try {
    await scheduleInSqlite(join(dir, 'anyhook.db'), secretKey, inSqlite, never);
    const sqlite = await megabytesOf(['--data', dir], settleMs);
    await scheduleInPostgres({ url: server.url, schema: 'anyhook', secretKey }, inPostgres, never);
    const postgres = await megabytesOf(['--data', dir, '--store', server.url], settleMs);
    return [measure('SQLite', inSqlite, sqlite), measure('PostgreSQL', inPostgres, postgres)];
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

function measure(engine: string, count: number, megabytes: number): Measure {
  const name = `${engine}: memory of an idle server, ${count.toLocaleString('en')} instances`;
  return { name, figure: megabytes, best: megabytes, unit: 'MB', most: mostMegabytes };
}

/** Resident memory of the process once it has looked through the whole store. */
async function megabytesOf(options: readonly string[], settleMs: number): Promise<number> {
  const server = spawn(process.execPath, [main, 'serve', '--port', '0', '--log-level', 'silent', ...options], {
    env: { ...process.env, ANYHOOK_SECRET_KEY: secretKey.toString('base64') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await listening(server);
    await setTimeout(settleMs);
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

async function listening(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface(server.stdout)) if (line.startsWith('Listening')) return;
  throw new Error('The server did not start.');
}
