/** Stores with many instances: copies of the first, of which only the schedule is asked for. */
import Database from 'better-sqlite3';
import pg from 'pg';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { instanceOf, keyOf, pollOf } from '../test/suite/store-builders.ts';

/** @param dueAt when all of their polls are due, epoch milliseconds. */
export async function scheduleInSqlite(file: string, secretKey: Buffer, count: number, dueAt: number): Promise<void> {
  const store = await openSqliteStore({ file, secretKey });
  await store.createInstance(instanceOf('0', { callback: null }), [pollOf(keyOf('0'), { dueAt })]);
  await store.close();
  const db = new Database(file);
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})`;
  db.exec(`BEGIN;
    ${numbers} INSERT INTO instances (id, connector, name, tags, settings, objects, credentials, created_at, updated_at)
      SELECT CAST(n AS TEXT), connector, name, tags, settings, objects, credentials, created_at, updated_at
      FROM numbers, instances WHERE id = '0';
    ${numbers} INSERT INTO queues (instance_id, is_open) SELECT CAST(n AS TEXT), 0 FROM numbers;
    ${numbers} INSERT INTO polls (instance_id, object, feed, start_ms, due_at, failures, free_at)
      SELECT CAST(n AS TEXT), 'contact', 'changes', 0, ${dueAt}, 0, ${dueAt} FROM numbers;
    COMMIT`);
  db.close();
}

export async function scheduleInPostgres(
  place: { readonly url: string; readonly schema: string; readonly secretKey: Buffer },
  count: number,
  dueAt: number,
): Promise<void> {
  const store = await openPostgresStore(place);
  await store.createInstance(instanceOf('0', { callback: null }), [pollOf(keyOf('0'), { dueAt })]);
  await store.close();
  const client = new pg.Client({ connectionString: place.url, options: `-c search_path=${place.schema}` });
  await client.connect();
  const numbers = `generate_series(1, ${count - 1}) AS n`;
  await client.query(`INSERT INTO instances SELECT (jsonb_populate_record(i, jsonb_build_object('id', n::text))).*
    FROM instances AS i, ${numbers}`);
  await client.query(`INSERT INTO streams (instance_id, has_callback, is_open) SELECT n, false, false FROM ${numbers}`);
  await client.query(`INSERT INTO polls (instance_id, object, feed, start_ms, due_at, failures, free_at)
    SELECT n, 'contact', 'changes', 0, ${dueAt}, 0, ${dueAt} FROM ${numbers}`);
  await client.end();
}
