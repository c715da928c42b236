/** Arrays in a statement are one parameter each, so that its text is the same, and it is prepared once, for any number. */
import { type Expression, type RawBuilder, sql } from 'kysely';

/** For `=`. */
export function anyOf<Value>(values: readonly Value[] | Expression<readonly Value[]>): RawBuilder<Value> {
  return sql<Value>`any(${values})`;
}

/** For `=`: the query is asked once, before the rest. */
export function anyOfQuery<Value>(query: Expression<Record<string, Value>>): RawBuilder<Value> {
  return sql<Value>`any(array${query})`;
}
