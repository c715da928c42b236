import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { instanceOf, keyOf, leaseMs, outcomeOf, pollOf } from '../suite/store-builders.ts';

const secretKey = Buffer.alloc(32, 7);
const child = fileURLToPath(new URL('./committing-child.ts', import.meta.url));
const eventsAPage = 5;

/** Runs the child until so long after its first page, kills it, and answers the last page it said was stored. */
async function crashAfter(file: string, ms: number): Promise<number> {
  const running = spawn(process.execPath, ['--import', 'tsx', child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(running, 'close');
  let printed = '';
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await Promise.race([once(running.stdout, 'data'), gone]);
  await expect(openSqliteStore({ file, secretKey })).rejects.toMatchObject({ code: 'store-locked' });
  await wait(ms);
  running.kill('SIGKILL');
  const [, signal] = await gone;
  expect(signal).toBe('SIGKILL');
  return Number(printed.split('\n').at(-2));
}

describe('a process that is killed', () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anyhook-crash-'));
    file = join(dir, 'anyhook.db');
    const store = await openSqliteStore({ file, secretKey });
    await store.createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    await store.close();
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** All that must hold of the file, whenever the process died. */
  async function checkFile(lastStored: number): Promise<void> {
    const db = new Database(file);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();

    const store = await openSqliteStore({ file, secretKey });
    const cursor = (await store.getPoll(keyOf('a')))?.cursor?.ms ?? 0;
    expect(cursor).toBeGreaterThanOrEqual(lastStored);
    const events = await store.listEvents({ instanceId: 'a', after: 0, limit: 1_000_000 });
    expect(events.map((event) => Number(event.sequence))).toEqual(events.map((_, index) => index + 1));
    expect(events.length).toBeGreaterThanOrEqual(cursor * eventsAPage);
    expect(events.length).toBeLessThanOrEqual((cursor + 1) * eventsAPage);
    await store.close();
  }

  it('leaves a whole file that the next goes on with, and no lock', { timeout: 120_000 }, async () => {
    const delays = fc.sample(fc.nat(150), 6);
    for (const ms of delays) await checkFile(await crashAfter(file, ms));

    const store = await openSqliteStore({ file, secretKey });
    const events = await store.listEvents({ instanceId: 'a', after: 0, limit: 1_000_000 });
    const attempted = await Promise.all(events.map((event) => store.listAttempts(event.id)));
    const left = events.filter((_, index) => attempted[index]?.length === 0).map((event) => event.id);
    const now = events.length * 1_000;
    const sent: string[] = [];
    for (;;) {
      const leased = await store.leaseDeliveries({ owner: 'next', now, leaseMs, limit: 100 });
      if (leased.length === 0) break;
      for (const delivery of leased) {
        sent.push(delivery.event.id);
        await store.finishDelivery(outcomeOf(delivery, 'next', { at: now }));
      }
    }
    expect(sent.toSorted()).toEqual(left.toSorted());
    await store.close();
  });
});
