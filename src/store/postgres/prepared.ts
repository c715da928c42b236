import {
  type AliasedRawBuilder,
  type Compilable,
  type CompiledQuery,
  type DeleteResult,
  type InsertResult,
  type RawBuilder,
  sql,
  type UpdateResult,
} from 'kysely';
import type { Session } from './connection.ts';

const arrays = {
  text: sql`text[]`,
  boolean: sql`boolean[]`,
  integer: sql`integer[]`,
  bigint: sql`bigint[]`,
  float8: sql`float8[]`,
};

/** How PostgreSQL calls what JavaScript has. */
type TypeOf<Value> = Value extends string
  ? 'text'
  : Value extends boolean
    ? 'boolean'
    : 'integer' | 'bigint' | 'float8';

type RowOf<Rows> = Rows extends readonly (infer Row extends object)[] ? Row : never;

/** The places of a statement that values are put in when it is run. */
export interface Slots<Values> {
  value<Name extends keyof Values & string>(name: Name): RawBuilder<Values[Name]>;
  /**
   * Rows as a table of that name, each column an array, so that the text is the same for any number of them. Its further
   * column `place` counts them, from 1.
   */
  table<Name extends keyof Values & string>(
    name: Name,
    columns: {
      readonly [Column in keyof RowOf<Values[Name]> & string]: TypeOf<NonNullable<RowOf<Values[Name]>[Column]>>;
    },
  ): AliasedRawBuilder<RowOf<Values[Name]> & { place: number }, Name>;
}

export interface Answer<Row> {
  readonly rows: readonly (Row extends InsertResult | UpdateResult | DeleteResult ? never : Row)[];
  /** How many rows were written, or read where none were. */
  readonly count: number;
}

/**
 * A statement that runs all the time: built when it first runs, which takes longer than to send it, and from then on only
 * filled with values. What never changes is best a literal of its text, so that the planner knows it.
 */
export function prepared<Values extends object, Row>(
  build: (session: Session, slots: Slots<Values>) => Compilable<Row>,
): (session: Session, values: Values) => Promise<Answer<Row>> {
  let built: CompiledQuery<Row> | undefined;
  return async (session, values) => {
    built ??= build(session, slots<Values>()).compile();
    const parameters = built.parameters.map((value) => (value instanceof Slot ? value.valueIn(values) : value));
    const { rows, numAffectedRows } = await session.executeQuery({ ...built, parameters });
    return { rows: rows as Answer<Row>['rows'], count: Number(numAffectedRows) };
  };
}

/** Stands in a built statement for a value of its next run. */
class Slot<Values> {
  constructor(readonly valueIn: (values: Values) => unknown) {}
}

function slots<Values extends object>(): Slots<Values> {
  const slot = <Value>(valueIn: (values: Values) => unknown) => sql<Value>`${new Slot(valueIn)}`;
  return {
    value: (name) => slot((values) => values[name]),
    table(name, columns) {
      const typed = Object.entries<keyof typeof arrays>(columns);
      const filled = typed.map(
        ([column, type]) => sql`${slot((values) => columnOf(values[name], column))}::${arrays[type]}`,
      );
      const names = [...Object.keys(columns), 'place'].map((column) => sql.id(column));
      return sql<never>`unnest(${sql.join(filled)}) with ordinality`.as(sql`${sql.id(name)} (${sql.join(names)})`);
    },
  };
}

const columnOf = (rows: unknown, column: string) =>
  (rows as readonly Record<string, unknown>[]).map((row) => row[column]);
