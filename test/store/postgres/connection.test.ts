/** What a connection does beside sending statements. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, openConnection, type Session } from '../../../src/store/postgres/connection.ts';
import { ledger } from '../../../src/store/postgres/ledger.ts';
import { applyMigrations } from '../../../src/store/postgres/migrate.ts';
import { keyOf } from '../../suite/store-builders.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';

let server: PostgresServer;
let connection: Connection;
beforeAll(async () => {
  server = await startPostgres();
  // Whatever is asked is asked on the same connection.
  connection = openConnection({ url: server.url, schema: 'anyhook', poolSize: 1 });
  await applyMigrations(connection, 'anyhook');
  // Fails until it was asked as often as `works_at` says; sequences count on when a transaction is rolled back.
  await sql
    .raw(`
      CREATE SEQUENCE asked;
      CREATE FUNCTION fails_until(works_at bigint) RETURNS bigint LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('asked') < works_at THEN RAISE serialization_failure; END IF;
          RETURN currval('asked');
        END $$`)
    .execute(connection.db);
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

const rowsOf = async (session: Session, text: string) => (await sql.raw(text).execute(session)).rows;

describe('what was in another’s way', () => {
  beforeEach(() => rowsOf(connection.db, `SELECT setval('asked', 1, false)`));
  const ask = async (session: Session, worksAt: number) => {
    const { rows } = await sql<{ asked: number }>`SELECT fails_until(${worksAt}) AS asked`.execute(session);
    return rows[0]?.asked;
  };

  it('is asked again', async () => {
    expect(await ask(connection.db, 3)).toBe(3);
  });

  it('is asked again as a whole, when it is a step of a transaction', async () => {
    let begun = 0;
    const asked = await connection.transaction(async (session) => {
      begun += 1;
      await session.insertInto('nodes').values({ owner: 'o', seen_at: begun }).execute();
      return ask(session, 3);
    });
    expect([asked, begun]).toEqual([3, 3]);
    expect(await connection.db.selectFrom('nodes').selectAll().execute()).toEqual([{ owner: 'o', seen_at: 3 }]);
  });

  it('is given up in the end', async () => {
    await expect(ask(connection.db, 99)).rejects.toMatchObject({ code: '40001' });
    await expect(connection.transaction((session) => ask(session, 99))).rejects.toMatchObject({ code: '40001' });
    expect(await rowsOf(connection.db, `SELECT last_value AS asked FROM asked`)).toEqual([{ asked: 10 }]);
  });
});

describe('a transaction', () => {
  it('leaves nothing behind when it fails, and its connection is used again', async () => {
    const pid = await rowsOf(connection.db, 'SELECT pg_backend_pid() AS pid');
    const failed = connection.transaction(async (session) => {
      await session.insertInto('nodes').values({ owner: 'failed', seen_at: 1 }).execute();
      throw new Error('of ours');
    });
    await expect(failed).rejects.toThrow('of ours');
    expect(await connection.db.selectFrom('nodes').where('owner', '=', 'failed').selectAll().execute()).toEqual([]);
    expect(await rowsOf(connection.db, 'SELECT pg_backend_pid() AS pid')).toEqual(pid);
  });

  it('does not pass for stored when one of its statements failed and nobody said so', async () => {
    const silent = connection.transaction(async (session) => {
      await session.insertInto('nodes').values({ owner: 'silent', seen_at: 1 }).execute();
      await rowsOf(session, 'SELECT 1 / 0').catch(() => undefined);
    });
    await expect(silent).rejects.toThrow('rolled back');
    expect(await connection.db.selectFrom('nodes').where('owner', '=', 'silent').selectAll().execute()).toEqual([]);
  });
});

it('prepares a statement once, for however many rows it asks', async () => {
  const prepared = () => rowsOf(connection.db, 'SELECT name FROM pg_prepared_statements ORDER BY name');
  const read = (count: number) =>
    ledger(connection).read(
      keyOf('a'),
      Array.from({ length: count }, (_, index) => String(index)),
    );
  await read(1);
  const before = await prepared();
  expect(before).not.toEqual([]);
  for (const count of [0, 2, 30]) await read(count);
  expect(await prepared()).toEqual(before);
});
