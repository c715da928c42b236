/** The values of a predicate, in the order written. */
import type { Predicate, Value } from '../where/ast.ts';

export function valuesOf(predicate: Predicate): readonly Value[] {
  switch (predicate.kind) {
    case 'compare':
    case 'match':
      return [predicate.value];
    case 'in':
      return predicate.values;
    case 'like':
      return [predicate.pattern];
    case 'between':
      return [predicate.low, predicate.high];
    case 'null':
      return [];
  }
}
