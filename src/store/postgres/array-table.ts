/** Arrays in a statement are one parameter each, so that its text is the same, and it is prepared once, for any number. */
import { type AliasedRawBuilder, type Expression, type RawBuilder, sql } from 'kysely';

const types = {
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

type ColumnTypes<Row> = { readonly [Column in keyof Row & string]: TypeOf<NonNullable<Row[Column]>> };

/** These rows as a table of that name. Its further column `place` counts them, from 1. */
export function arrayTable<Name extends string, Row extends object>(
  name: Name,
  columns: ColumnTypes<Row>,
  rows: readonly Row[],
): AliasedRawBuilder<Row & { place: number }, Name> {
  const names = Object.keys(columns) as (keyof Row & string)[];
  const arrays = names.map((column) => sql`${rows.map((row) => row[column])}::${types[columns[column]]}`);
  return sql<Row & { place: number }>`unnest(${sql.join(arrays)}) with ordinality`.as<Name>(
    sql`${sql.id(name)} (${sql.join([...names, 'place'].map((column) => sql.id(column)))})`,
  );
}

/** For `=`. */
export function anyOf<Value>(values: readonly Value[]): RawBuilder<Value> {
  return sql<Value>`any(${values})`;
}

/** For `=`: the query is asked once, before the rest. */
export function anyOfQuery<Value>(query: Expression<Record<string, Value>>): RawBuilder<Value> {
  return sql<Value>`any(array${query})`;
}

/** For `!=`. */
export function noneOf<Value>(values: readonly Value[]): RawBuilder<Value> {
  return sql<Value>`all(${values})`;
}
