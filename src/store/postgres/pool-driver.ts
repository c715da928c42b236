/** kysely's way to pg: statements on the connections of a pool. */
import { createHash } from 'node:crypto';
import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { DatabaseError, type Pool, type PoolClient, type QueryConfig } from 'pg';
import { isConflict } from './driver-failure.ts';
import { toStoredText } from './stored-text.ts';

/** A `patient` transaction may take as long as it needs: a migration, the delete of a large instance. */
export type Pace = 'brisk' | 'patient';

const patientTimeoutMs = 24 * 60 * 60 * 1000;
const mostTries = 5;

/** Runs again what was in another's way: it must have no effect but on the database. */
export async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (tries === mostTries || !isConflict(error)) throw error;
    }
  }
}

export function poolDialect(pool: Pool, pace: Pace): Dialect {
  return {
    createDriver: () => driverOf(pool, pace),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

function driverOf(pool: Pool, pace: Pace): Driver {
  return {
    init: async () => {},
    acquireConnection: async () => new Line(await pool.connect(), pace),
    beginTransaction: (line: Line) => line.begin(),
    commitTransaction: (line: Line) => line.commit(),
    rollbackTransaction: (line: Line) => line.rollback(),
    releaseConnection: async (line: Line) => line.release(),
    // The pool is its opener's to end.
    destroy: async () => {},
  };
}

/** A connection in use. */
class Line implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #pace: Pace;
  #isInTransaction = false;
  /** After an error that is not the server's answer to one statement, nobody knows what the connection is doing. */
  #isBroken = false;

  constructor(client: PoolClient, pace: Pace) {
    this.#client = client;
    this.#pace = pace;
  }

  async executeQuery<Row>({ query, sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    // A migration is a script of several statements, which has no values and cannot be prepared.
    const isPrepared = parameters.length > 0 || query.kind !== 'RawNode';
    const prepared = isPrepared ? { name: nameOf(sql), values: parameters.map(toStored) } : {};
    const timeout = this.#pace === 'patient' ? { query_timeout: patientTimeoutMs } : {};
    const ask = () => this.#ask({ text: sql, ...prepared, ...timeout });
    const { rows, rowCount } = await (this.#isInTransaction ? ask() : again(ask));
    return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  // biome-ignore lint/correctness/useYield: nothing of ours is read in a stream.
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('The store reads no streams.');
  }

  async begin(): Promise<void> {
    this.#isInTransaction = true;
    await this.#ask({ text: this.#pace === 'patient' ? 'BEGIN; SET LOCAL statement_timeout = 0' : 'BEGIN' });
  }

  async commit(): Promise<void> {
    const { command } = await this.#ask({ text: 'COMMIT' });
    this.#isInTransaction = false;
    // What the server answers when a statement failed and nobody said so.
    if (command === 'ROLLBACK') throw new AbortedTransactionError();
  }

  async rollback(): Promise<void> {
    if (this.#isBroken) return;
    await this.#ask({ text: 'ROLLBACK' });
    this.#isInTransaction = false;
  }

  /** To the pool, which closes it when it is in no state to be used again. */
  release(): void {
    this.#client.release(this.#isBroken || this.#isInTransaction);
  }

  async #ask(query: QueryConfig & { readonly query_timeout?: number }) {
    try {
      return await this.#client.query(query);
    } catch (error) {
      this.#isBroken ||= !(error instanceof DatabaseError) || error.severity !== 'ERROR';
      throw error;
    }
  }
}

const names = new Map<string, string>();

/** Prepared once on each connection, a statement is then sent by its name. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}

function toStored(value: unknown): unknown {
  if (typeof value === 'string') return toStoredText(value);
  return Array.isArray(value) ? value.map(toStored) : value;
}
