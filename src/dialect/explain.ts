/** Says what becomes of a where in a dialect, and why. */
import type { Dialect } from '../definition/dialect.ts';
import type { Bindings, Where } from '../where/ast.ts';
import { printWhere } from '../where/print.ts';
import { splitQuery } from './compile.ts';
import type { Native, PredicateReport } from './query.ts';
import { substitute } from './substitute.ts';

export interface Explanation {
  readonly predicates: readonly PredicateReport[];
  /** What is evaluated here, as a where; null when the vendor’s answer is ours. */
  readonly residual: string | null;
  /** The queries; parameters without a value stand as `:name`. */
  readonly natives: readonly Native[];
}

/**
 * Explains a where. Parameters that are given are put in first, so that what depends on their value, such as whether
 * a bound falls on a whole second, is told exactly.
 */
export function explainQuery(where: Where, dialect: Dialect, bindings?: Bindings): Explanation {
  const given = bindings ?? { parameters: {}, nowMs: 0 };
  const query = splitQuery(bindings === undefined ? where : substitute(where, bindings), dialect);
  return {
    predicates: query.predicates,
    residual: query.residual === null ? null : printWhere(query.residual),
    natives: query.show(given),
  };
}
