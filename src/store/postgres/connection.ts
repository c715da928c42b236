/**
 * Connections to PostgreSQL, and transactions on them. Statements are SQL, and by no query builder: each stands beside its
 * sibling for SQLite, is prepared once on a connection, and what they live from (SKIP LOCKED, LATERAL, WITH that writes,
 * arrays as tables) would be raw text in a builder too.
 */
import { createHash } from 'node:crypto';
import { type ClientBase, DatabaseError, Pool, type PoolClient, types } from 'pg';
import { isConflict } from './driver-failure.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Prepared once on each connection, and then sent by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

type Scalar = string | number | boolean | null;
export type Value = Scalar | Buffer | readonly Scalar[];

export interface Session {
  rows<Row extends object>(statement: Statement, values?: readonly Value[]): Promise<readonly Row[]>;
  /** Answers how many rows the statement wrote. */
  run(statement: Statement, values?: readonly Value[]): Promise<number>;
  /** Several statements without values. */
  script(text: string): Promise<void>;
}

export interface Connection extends Session {
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
export const relaxed = `(SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL`;

/** A `patient` transaction may take as long as it needs: a migration, the delete of a large instance. */
type Pace = 'brisk' | 'patient';

const connectTimeoutMs = 30_000;
/** Longer than the server's own limit, so that only a server that is gone stays silent for so long. */
const graceMs = 10_000;
/** What a process that stands still in a transaction has locked is free again after this. */
const idleTransactionTimeoutMs = 15_000;
const patientTimeoutMs = 24 * 60 * 60 * 1000;
const keepAliveAfterMs = 10_000;
const mostTries = 5;

export function sql(text: string): Statement {
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 20), text };
}

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
  let closing: Promise<void> | undefined;

  async function withClient<T>(run: (line: Line) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const line = lineOf(client);
    try {
      return await run(line);
    } finally {
      client.release(line.isBroken());
    }
  }

  return {
    ...sessionOf((query) => again(() => withClient((line) => line.ask(query)))),
    transaction: (run, pace = 'brisk') => again(() => withClient((line) => transact(line, run, pace))),
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

interface Query {
  readonly text: string;
  readonly name?: string;
  readonly values?: unknown[];
  readonly query_timeout?: number;
}

type Ask = (query: Query) => Promise<{ rows: unknown[]; rowCount: number | null }>;

function sessionOf(ask: Ask): Session {
  const send = ({ name, text }: Statement, values: readonly Value[]) =>
    ask({ name, text, values: values.map(toStored) });
  return {
    async rows<Row extends object>(statement: Statement, values: readonly Value[] = []): Promise<readonly Row[]> {
      return (await send(statement, values)).rows as Row[];
    },
    async run(statement, values = []) {
      return (await send(statement, values)).rowCount ?? 0;
    },
    async script(text) {
      await ask({ text });
    },
  };
}

async function transact<T>(line: Line, run: (session: Session) => Promise<T>, pace: Pace): Promise<T> {
  const timeout = pace === 'patient' ? { query_timeout: patientTimeoutMs } : {};
  await line.ask({ text: 'BEGIN' });
  try {
    if (pace === 'patient') await line.ask({ text: 'SET LOCAL statement_timeout = 0' });
    const result = await run(sessionOf((query) => line.ask({ ...query, ...timeout })));
    await line.ask({ text: 'COMMIT' });
    return result;
  } catch (error) {
    if (!line.isBroken()) await line.ask({ text: 'ROLLBACK' });
    throw error;
  }
}

async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (tries === mostTries || !isConflict(error)) throw error;
    }
  }
}

/** A connection in use. */
interface Line {
  readonly ask: Ask;
  /** After an error that is not the server's answer to one statement, nobody knows what the connection is doing. */
  isBroken(): boolean;
}

function lineOf(client: PoolClient): Line {
  let isBroken = false;
  return {
    async ask(query) {
      try {
        return await client.query(query);
      } catch (error) {
        isBroken ||= !(error instanceof DatabaseError) || error.severity !== 'ERROR';
        throw error;
      }
    },
    isBroken: () => isBroken,
  };
}

const toStored = (value: Value): unknown => {
  if (typeof value === 'string') return toStoredText(value);
  if (!Array.isArray(value)) return value;
  return value.map((item: Scalar) => (typeof item === 'string' ? toStoredText(item) : item));
};

/** int8 as a number: times, counts and sequences stay far below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8) return Number;
  if (oid === types.builtins.TEXT) return fromStoredText;
  return format === 'binary' ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
}
