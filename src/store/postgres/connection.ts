/** Connections to PostgreSQL, and transactions on them. */
import { Kysely, sql } from 'kysely';
import { type ClientBase, Pool, types } from 'pg';
import { again, type Pace, poolDialect } from './pool-driver.ts';
import { fromStoredText } from './stored-text.ts';
import type { Tables } from './tables.ts';

/** Statements, each on a connection of its own or all in one transaction. */
export type Session = Kysely<Tables>;

export interface Connection {
  readonly db: Session;
  /** All of it or nothing, and run again when it was in another's way: it must have no effect but on the database. */
  transaction<T>(run: (session: Session) => Promise<T>, pace?: Pace): Promise<T>;
  /** Waits for what is on its way. */
  close(): Promise<void>;
}

/**
 * A condition that is always true, and lets the statement's own transaction answer before it is on the disk
 * (https://www.postgresql.org/docs/current/wal-async-commit.html). For what may be lost when the server crashes: the
 * lease of a poll, whose commits check that it is held, and the end of one, which is then polled once more.
 */
export const relaxed = sql<boolean>`(select set_config('synchronous_commit', 'off', true)) is not null`;

const connectTimeoutMs = 30_000;
/** Longer than the server's own limit, so that only a server that is gone stays silent for so long. */
const graceMs = 10_000;
/** What a process that stands still in a transaction has locked is free again after this. */
const idleTransactionTimeoutMs = 15_000;
const keepAliveAfterMs = 10_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly schema: string;
  readonly poolSize: number;
  /** After this the server gives a statement up, unless its transaction is `patient`. */
  readonly statementTimeoutMs?: number;
}

export function openConnection(options: ConnectionOptions): Connection {
  const { url, schema, poolSize, statementTimeoutMs = 30_000 } = options;
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'anyhook',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs + graceMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    types: { getTypeParser },
    onConnect: (client) => prepareSession(client, schema, statementTimeoutMs),
  });
  // The pool has already dropped an idle connection that broke, and makes another when it is needed; but an error that
  // nobody listens to would end the process.
  pool.on('error', () => undefined);
  const brisk = new Kysely<Tables>({ dialect: poolDialect(pool, 'brisk') });
  const patient = new Kysely<Tables>({ dialect: poolDialect(pool, 'patient') });
  let closing: Promise<void> | undefined;

  return {
    db: brisk,
    transaction: (run, pace = 'brisk') => again(() => (pace === 'brisk' ? brisk : patient).transaction().execute(run)),
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
}

/** Settings of each connection: not in its address, which is the user's, nor at its start, where poolers refuse them. */
async function prepareSession(client: ClientBase, schema: string, statementTimeoutMs: number): Promise<void> {
  // What was asked when a connection broke has failed already; this is the same error once more.
  client.on('error', () => undefined);
  await client.query(
    `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS setting (name, value)`,
    [
      ['search_path', 'statement_timeout', 'idle_in_transaction_session_timeout', 'enable_seqscan'],
      // Each statement here goes by an index; without statistics, as on tables that have just grown, the planner might
      // choose to read a whole table, and keep that plan.
      [schema, String(statementTimeoutMs), String(idleTransactionTimeoutMs), 'off'],
    ],
  );
}

/** int8 as a number: times, counts and sequences stay far below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8) return Number;
  if (oid === types.builtins.TEXT) return fromStoredText;
  return format === 'binary' ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
}
