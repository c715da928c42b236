import { readHidden } from '../hidden.ts';
import type { Json, JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { parseDateTime } from './dates.ts';
import { makeId } from './ids.ts';
import { type ObjectSchema, shownSchema } from './schema.ts';
import { type Plan, planQuery, type Source, selectRecords } from './soql/evaluate.ts';
import { parseSoql } from './soql/parser.ts';
import { projectRecord } from './soql/project.ts';

export interface QueryRequest {
  readonly soql: string | undefined;
  /** Of the API, as in `62.0`. */
  readonly version: string;
  /** Deleted records too, as /queryAll answers. */
  readonly withDeleted: boolean;
  /** Records per page that the caller asked for. */
  readonly batchSize: number | undefined;
}

interface Cursor {
  readonly schema: ObjectSchema;
  readonly columns: Plan['columns'];
  readonly ids: readonly string[];
  readonly version: string;
  readonly withDeleted: boolean;
  readonly batchSize: number;
  readonly openedAtMs: number;
}

const maxStatementLength = 100_000;
const defaultBatchSize = 2000;
const minBatchSize = 200;
const cursorLifeMs = 2 * 86_400_000;
const recycleBinMs = 15 * 86_400_000;

/** Runs SOQL statements and keeps their cursors. */
export class QueryDesk {
  readonly #world: SandboxWorld;
  readonly #cursors = new Map<string, Cursor>();

  constructor(world: SandboxWorld) {
    this.#world = world;
  }

  /** Runs a statement and answers its first page. */
  run(request: QueryRequest): JsonObject {
    const { soql } = request;
    if (soql === undefined || soql.trim() === '')
      return refuse(400, 'MALFORMED_QUERY', 'A query string has to be specified');
    if (soql.length > maxStatementLength) {
      return refuse(400, 'MALFORMED_QUERY', `SOQL statements cannot be longer than ${maxStatementLength} characters.`);
    }
    const source = this.#source(request.withDeleted);
    const checked = planQuery(soql, parseSoql(soql), source);
    const plan = this.#world.faults.current.ignoreFilters ? { ...checked, keep: () => true } : checked;
    const found = selectRecords(plan, source);
    if (plan.isCount) return { totalSize: found.length, done: true, records: [] };
    const cursor: Cursor = {
      schema: plan.schema,
      columns: plan.columns,
      ids: found.map((record) => String(record.Id)),
      version: request.version,
      withDeleted: request.withDeleted,
      batchSize: this.#batchSize(request.batchSize),
      openedAtMs: this.#world.clock.now(),
    };
    return this.#page(cursor, 0, undefined);
  }

  /** Answers the page that a locator such as `01g5g0…AAV-2000` points to. */
  next(locator: string): JsonObject {
    const dash = locator.lastIndexOf('-');
    const key = dash < 0 ? locator : locator.slice(0, dash);
    const offset = dash < 0 ? 0 : Number(locator.slice(dash + 1));
    const cursor = this.#cursors.get(key);
    const isAlive = cursor !== undefined && this.#world.clock.now() - cursor.openedAtMs < cursorLifeMs;
    if (!isAlive || !Number.isInteger(offset) || offset < 0 || offset > cursor.ids.length) {
      return refuse(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return this.#page(cursor, offset, key);
  }

  /** The set of records is fixed when the query runs, but each is read when its page is: a page is no snapshot. */
  #page(cursor: Cursor, offset: number, knownKey: string | undefined): JsonObject {
    const source = this.#source(cursor.withDeleted);
    const nextOffset = offset + cursor.batchSize;
    const records = cursor.ids.slice(offset, nextOffset).flatMap((id): Json[] => {
      const record = this.#read(cursor.schema.name, id, cursor.withDeleted);
      return record === undefined
        ? []
        : [projectRecord(cursor.schema, record, cursor.columns, cursor.version, source.lookup)];
    });
    if (nextOffset >= cursor.ids.length) return { totalSize: cursor.ids.length, done: true, records };
    const key = knownKey ?? this.#open(cursor);
    const nextRecordsUrl = `/services/data/v${cursor.version}/query/${key}-${nextOffset}`;
    return { totalSize: cursor.ids.length, done: false, nextRecordsUrl, records };
  }

  #open(cursor: Cursor): string {
    const key = makeId('01g', this.#cursors.size);
    this.#cursors.set(key, cursor);
    return key;
  }

  #batchSize(asked: number | undefined): number {
    const { pageSize } = this.#world.faults.current;
    if (pageSize !== null) return pageSize;
    return Math.min(Math.max(asked ?? defaultBatchSize, minBatchSize), defaultBatchSize);
  }

  #source(withDeleted: boolean): Source {
    const nowMs = this.#world.clock.now();
    return {
      nowMs,
      show: (schema) => shownSchema(schema, readHidden(this.#world.faults.current.hidden)),
      lookup: (object, id) => this.#read(object, id, withDeleted),
      scan: (object) =>
        this.#world.book
          .list(object, 'committed')
          .filter((stored) => !stored.deleted || (withDeleted && isInBin(stored.record, nowMs)))
          .map((stored) => stored.record),
    };
  }

  #read(object: string, id: string, withDeleted: boolean): JsonObject | undefined {
    const stored = this.#world.book.find(object, id, 'committed');
    if (stored === undefined || !stored.deleted) return stored?.record;
    return withDeleted && isInBin(stored.record, this.#world.clock.now()) ? stored.record : undefined;
  }
}

function isInBin(record: JsonObject, nowMs: number): boolean {
  const deletedAtMs = parseDateTime(String(record.SystemModstamp)) ?? 0;
  return nowMs - deletedAtMs < recycleBinMs;
}
