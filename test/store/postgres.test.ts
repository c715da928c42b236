import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from '../../src/store/postgres/connection.ts';
import { driverFailure } from '../../src/store/postgres/driver-failure.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { freshPostgres } from '../suite/fresh-store.ts';
import { storeSuite } from '../suite/store.ts';
import {
  commitEvents,
  entryOf,
  eventOf,
  instanceOf,
  keyOf,
  leaseMs,
  pollOf,
  subscriptionOf,
} from '../suite/store-builders.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

const secretKey = Buffer.alloc(32, 7);
let server: PostgresServer;
let schemas = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storeSuite('PostgreSQL store', () => freshPostgres(server.url));

describe('PostgreSQL database', () => {
  let schema: string;
  beforeEach(() => {
    schemas += 1;
    schema = `test_${schemas}`;
  });

  const open = (parts: { secretKey?: Buffer; url?: string } = {}) =>
    openPostgresStore({ url: server.url, secretKey, schema, poolSize: 2, ...parts });
  /** Does something behind the store's back. */
  const ask = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  /** Ends the store's connections, as a database that starts anew does. */
  const cutConnections = () =>
    ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'anyhook'`);

  it('holds no secret in clear', async () => {
    const store = await open();
    const callback = {
      url: 'https://customer.example',
      format: 'binary',
      secret: 'clear-callback-secret',
      retiring: { secret: 'clear-callback-retiring', until: 9_000 },
    } as const;
    await store.createInstance(instanceOf('a', { credentials: { token: 'clear-credential-1' }, callback }), []);
    await store.saveCredentials('a', { token: 'clear-credential-2' }, 2_000);
    await store.updateInstance(instanceOf('a', { credentials: { token: 'clear-credential-3' }, callback }), []);
    await store.leaseSubscribers({ owner: 'o', now: 9_000, leaseMs, limit: 1 });
    await store.saveSubscription({ ...subscriptionOf('orders'), captured: { secret: 'clear-captured' } }, 'o');
    await store.saveRenewed('a', { replaces: {}, changed: {}, token: 'clear-credential-4', now: 2_000 });
    await store.close();
    const [row] = await ask(`SELECT row_to_json(instances) AS json, encode(credentials, 'escape') AS credentials,
      encode(callback_secrets, 'escape') AS secrets, encode(captured, 'escape') AS captured, encode(token, 'escape') AS token
      FROM instances JOIN subscriptions ON subscriptions.instance_id = id JOIN credential_leases ON credential_leases.instance_id = id`);
    expect(row?.['token']).not.toBeNull();
    expect(JSON.stringify(row)).toContain('https://customer.example');
    expect(JSON.stringify(row)).not.toContain('clear-c');
  });

  it('is opened by many at once, and made once', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
    const versions = await ask('SELECT version FROM anyhook_migrations ORDER BY version');
    expect(versions.length).toBeGreaterThan(1);
    expect(versions).toEqual(versions.map((_, index) => ({ version: index + 1 })));
    await stores[0]?.createInstance(instanceOf('a'), []);
    expect(await stores[5]?.getInstance('a')).toEqual(instanceOf('a'));
    await Promise.all(stores.map((store) => store.close()));
  });

  it('opens with its key only', async () => {
    await (await open()).close();
    await expect(open({ secretKey: Buffer.alloc(32, 8) })).rejects.toMatchObject({ code: 'secret-key-wrong' });
    await (await open()).close();
  });

  it('is refused when a newer version made it', async () => {
    await (await open()).close();
    await ask('INSERT INTO anyhook_migrations (version) VALUES (999)');
    await expect(open()).rejects.toMatchObject({
      code: 'store-corrupt',
      help: expect.stringContaining('newer version'),
    });
  });

  it('is refused when another program made it', async () => {
    await ask(`CREATE SCHEMA ${schema} CREATE TABLE songs (title text)`);
    await expect(open()).rejects.toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('another') });
  });

  it('is used by one who may not make schemas, when there is one', async () => {
    await ask(`CREATE ROLE owner_${schema} LOGIN PASSWORD 'pass'`);
    const url = Object.assign(new URL(server.url), { username: `owner_${schema}`, password: 'pass' }).href;
    await expect(open({ url })).rejects.toMatchObject({ code: 'store-unavailable', detail: { cause: '42501' } });
    await ask(`CREATE SCHEMA ${schema} AUTHORIZATION owner_${schema}`);
    await (await open({ url })).close();
  });

  it('is refused when it cannot be reached, and says nothing of the password', async () => {
    const at = (parts: Partial<URL>) => Object.assign(new URL(server.url), parts).href;
    const password = 'not-the-password';
    for (const [url, cause] of [
      [at({ port: '1' }), 'ECONNREFUSED'],
      [at({ password }), '28P01'],
      [at({ password, pathname: '/nowhere' }), '28P01'],
      [at({ pathname: '/nowhere' }), '3D000'],
    ] as const) {
      const refusal: unknown = await open({ url }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'store-unavailable', retryable: true, detail: { cause } });
      expect(String(refusal)).not.toContain(password);
    }
    for (const url of ['nonsense', 'mysql://user:secret-word@host/', 'postgres://user:secret-word%@host/x']) {
      const refusal: unknown = await open({ url }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'store-unavailable', retryable: false });
      expect(String(refusal)).not.toContain('secret-word');
    }
    await expect(openPostgresStore({ url: server.url, secretKey, schema: 'a"; DROP' })).rejects.toThrow(RangeError);
  });

  it('may go away and come back', async () => {
    const store = await open();
    await store.createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    await cutConnections();
    // The ends of idle connections may be noticed only when they are used.
    const calls = Array.from({ length: 4 }, () => store.getInstance('a').catch((error: unknown) => error));
    for (const answer of await Promise.all(calls)) {
      if (answer instanceof Error) expect(answer).toMatchObject({ code: 'store-unavailable', retryable: true });
      else expect(answer).toEqual(instanceOf('a'));
    }
    expect(await store.getInstance('a')).toEqual(instanceOf('a'));
    await store.probe();
    await store.close();
  });

  it('takes no probe while it is read-only, as one that is not the primary any more', async () => {
    const store = await open();
    const setReadOnly = async (isOn: boolean): Promise<void> => {
      await ask('SET default_transaction_read_only = off');
      await ask(`BEGIN READ WRITE; ALTER DATABASE postgres SET default_transaction_read_only = ${isOn}; COMMIT`);
      await cutConnections();
    };
    await setReadOnly(true);
    try {
      // A connection that was cut may be noticed only now.
      await store.getInstance('a').catch(() => null);
      const failure = { code: 'store-unavailable', retryable: true, detail: { cause: '25006' } };
      await expect(store.probe()).rejects.toMatchObject(failure);
      expect(await store.getInstance('a')).toBeNull();
    } finally {
      await setReadOnly(false);
    }
    await store.getInstance('a').catch(() => null);
    await store.probe();
    await store.close();
  });

  it('may go away in the middle of a commit, of which nothing is stored then', async () => {
    const key = keyOf('a');
    const store = await open();
    await store.createInstance(instanceOf('a'), [pollOf(key)]);
    await store.leasePoll(key, { owner: 'worker', now: 2_000, leaseMs });
    const blocker = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE ledger');
    const commit = { key, owner: 'worker', events: [eventOf('a', '1', 1)], ledger: [entryOf('1', 1)], now: 2_000 };
    const waiting = store.commitPoll(commit).catch((error: unknown) => error);
    const isWaiting = () =>
      ask(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'anyhook' AND wait_event_type = 'Lock'`);
    await expect.poll(isWaiting).toHaveLength(1);
    await cutConnections();
    expect(await waiting).toMatchObject({ code: 'store-unavailable', retryable: true });
    await blocker.query('COMMIT');
    await blocker.end();
    expect(await store.listEvents({ instanceId: 'a', after: 0, limit: 10 })).toEqual([]);
    expect((await store.commitPoll(commit)).map((event) => event.sequence)).toEqual(['1']);
    await store.close();
  });

  it('gives a statement up that takes too long', async () => {
    const connection = openConnection({ url: server.url, schema: 'public', poolSize: 1, statementTimeoutMs: 50 });
    const sleep = sql`SELECT pg_sleep(0.2)`;
    const refusal = await sleep.execute(connection.db).catch(driverFailure);
    expect(refusal).toMatchObject({ code: 'store-unavailable', retryable: true, detail: { cause: '57014' } });
    await expect(connection.transaction((session) => sleep.execute(session))).rejects.toThrow('statement timeout');
    const { rows } = await connection.transaction((session) => sleep.execute(session), 'patient');
    expect(rows).toHaveLength(1);
    await expect(sleep.execute(connection.db)).rejects.toThrow('statement timeout');
    await connection.close();
  });

  it('is damaged when a table is gone', async () => {
    const store = await open();
    await ask('DROP TABLE attempts');
    await expect(store.listAttempts('x')).rejects.toMatchObject({ code: 'store-corrupt', retryable: false });
    await store.close();
  });

  it.each([
    ['tags', `UPDATE instances SET tags = '[' `],
    ['settings', `UPDATE instances SET settings = '7'`],
    ['credentials', 'UPDATE instances SET credentials = callback_secrets'],
    ['credentials', `UPDATE instances SET credentials = '\\x00'`],
    ['credentials', `UPDATE instances SET credentials = (SELECT credentials FROM instances WHERE id = 'b')`],
    ['a/contact/1/1', `UPDATE events SET envelope = '{"id":'`],
  ])('says which %s were damaged by %s', async (what, text) => {
    const store = await open();
    await store.createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    await store.createInstance(instanceOf('b'), []);
    await commitEvents(store, keyOf('a'), [eventOf('a', '1', 1)], { now: 2_000 });
    await ask(text);
    const read = async () => [await store.getInstance('a'), await store.getEvent('a/contact/1/1')];
    await expect(read()).rejects.toMatchObject({
      code: 'store-corrupt',
      retryable: false,
      help: expect.stringContaining('backup'),
      message: expect.stringContaining(what),
    });
    await store.close();
  });

  it('keeps an envelope as it was written: its keys in order, its numbers to the digit, however deep', async () => {
    const store = await open();
    await store.createInstance(instanceOf('a'), [pollOf(keyOf('a'))]);
    const deep = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`);
    const native = {
      z: 1,
      a: 1e300,
      'b\u0000': '\u0000\ud800',
      half: 0.1,
      big: Number.MAX_SAFE_INTEGER,
      zero: 5e-324,
      deep,
    };
    const event = eventOf('a', '1', 1);
    const [stored] = await commitEvents(store, keyOf('a'), [{ ...event, data: { ...event.data, native } }], { now: 1 });
    expect(JSON.stringify(await store.getEvent(event.id))).toBe(JSON.stringify(stored));
    await store.close();
  });
});
