/** The operators of a dialect, and those that fields have of their own. */
import type { Dialect, Operators } from '../definition/dialect.ts';
import { pointerTo } from './contradiction.ts';

/** Each with its pointer in the dialect. */
export function operatorTables(dialect: Dialect): readonly (readonly [pointer: string, operators: Operators])[] {
  return [
    ['/operators', dialect.operators],
    ...Object.entries(dialect.fields ?? {}).map(
      ([field, own]) => [pointerTo('/fields', field, 'operators'), own.operators ?? {}] as const,
    ),
  ];
}
