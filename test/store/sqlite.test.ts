import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from '../../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { freshSqlite } from '../suite/fresh-store.ts';
import { storeSuite } from '../suite/store.ts';
import { commitEvents, eventOf, instanceOf, keyOf, leaseMs, pollOf, subscriptionOf } from '../suite/store-builders.ts';

const secretKey = Buffer.alloc(32, 7);
const makeDir = () => mkdtemp(join(tmpdir(), 'anyhook-store-'));

storeSuite('SQLite store', freshSqlite);

describe('SQLite file', () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await makeDir();
    file = join(dir, 'data', 'anyhook.db');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const open = () => openSqliteStore({ file, secretKey });
  /** Changes the file behind the store's back. */
  const tamper = (sql: string) => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };

  it('holds no secret in clear', async () => {
    const store = await open();
    const credentials = { token: 'clear-credential-1' };
    const callback = {
      url: 'https://customer.example',
      format: 'binary',
      secret: 'clear-callback-secret',
      retiring: { secret: 'clear-callback-retiring', until: 9_000 },
    } as const;
    await store.createInstance(instanceOf('a', { credentials, callback }), []);
    await store.saveCredentials('a', { token: 'clear-credential-2' }, 2_000);
    await store.updateInstance(instanceOf('a', { credentials: { token: 'clear-credential-3' }, callback }), []);
    await store.leaseSubscribers({ owner: 'o', now: 9_000, leaseMs, limit: 1 });
    await store.saveSubscription({ ...subscriptionOf('orders'), captured: { secret: 'clear-captured' } }, 'o');
    await store.saveRenewed('a', { replaces: {}, changed: {}, token: 'clear-credential-4', now: 2_000 });
    const read = async () => {
      const names = await readdir(join(dir, 'data'));
      const contents = await Promise.all(names.map((name) => readFile(join(dir, 'data', name), 'latin1')));
      return { names, content: contents.join('\n') };
    };
    const running = await read();
    expect(running.names).toContain('anyhook.db-wal');
    await store.close();
    const closed = await read();
    for (const { content } of [running, closed]) {
      expect(content).toContain('https://customer.example');
      expect(content).not.toContain('clear-c');
    }
  });

  it('is synced to the disk at each commit', async () => {
    const db = openConnection(join(dir, 'connection.db'));
    const pragma = (name: string) => db.pragma(name, { simple: true });
    const full = 2;
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', full, 1]);
    db.close();
  });

  it('is one holder’s', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: 'store-locked', retryable: true });
    await store.probe();
    await store.close();
    await (await open()).close();
  });

  it('opens with its key only', async () => {
    await (await open()).close();
    await expect(openSqliteStore({ file, secretKey: Buffer.alloc(32, 8) })).rejects.toMatchObject({
      code: 'secret-key-wrong',
    });
    await (await open()).close();
  });

  it('is refused when a newer version made it', async () => {
    await (await open()).close();
    tamper('PRAGMA user_version = 999');
    await expect(open()).rejects.toMatchObject({
      code: 'store-corrupt',
      help: expect.stringContaining('newer version'),
    });
  });

  it('is refused when another program made it', async () => {
    await (await open()).close();
    await rm(file);
    tamper('CREATE TABLE songs (title TEXT)');
    await expect(open()).rejects.toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('another') });
  });

  it('is refused when it is no database', async () => {
    await (await open()).close();
    await writeFile(file, 'not a database at all, but long enough to have a header. '.repeat(99));
    await expect(open()).rejects.toMatchObject({ code: 'store-corrupt' });
  });

  it('is refused when it cannot be opened', async () => {
    await writeFile(join(dir, 'file'), '');
    for (const wrong of [dir, join(dir, 'file', 'anyhook.db')]) {
      await expect(openSqliteStore({ file: wrong, secretKey })).rejects.toMatchObject({ code: 'store-unavailable' });
    }
  });

  it.each([
    ['tags', `UPDATE instances SET tags = '[' `],
    ['settings', `UPDATE instances SET settings = '7'`],
    ['credentials', 'UPDATE instances SET credentials = callback_secrets'],
    ['credentials', `UPDATE instances SET credentials = x'00'`],
    ['credentials', `UPDATE instances SET credentials = (SELECT credentials FROM instances WHERE id = 'b')`],
  ])('says which %s were damaged by %s', async (what, sql) => {
    const store = await open();
    await store.createInstance(instanceOf('a'), []);
    await store.createInstance(instanceOf('b'), []);
    await store.close();
    tamper(sql);
    const again = await open();
    await expect(again.getInstance('a')).rejects.toMatchObject({
      code: 'store-corrupt',
      retryable: false,
      help: expect.stringContaining('backup'),
      message: expect.stringContaining(what),
    });
    await again.close();
  });

  it('says which event was damaged', async () => {
    const store = await open();
    await store.createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    await commitEvents(store, keyOf('a'), [eventOf('a', '1', 1)], { now: 2_000 });
    await store.close();
    tamper(`UPDATE events SET envelope = '{"id":'`);
    const again = await open();
    await expect(again.getEvent('a/contact/1/1')).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining('a/contact/1/1'),
    });
    await again.close();
  });

  it('frees the leases of a process that is gone', async () => {
    const store = await open();
    const key = keyOf('a');
    await store.createInstance(instanceOf('a'), [pollOf(key)]);
    await commitEvents(store, key, [eventOf('a', '1', 1)], { now: 2_000 });
    const request = { owner: 'gone', now: 5_000, leaseMs, limit: 10 };
    expect(await store.leaseDeliveries(request)).toHaveLength(1);
    expect(await store.leasePolls(request)).toHaveLength(1);
    await store.close();
    const again = await open();
    const next = { ...request, owner: 'new', now: 5_001 };
    expect(await again.leaseDeliveries(next)).toHaveLength(1);
    expect(await again.leasePolls(next)).toHaveLength(1);
    await again.close();
  });
});
