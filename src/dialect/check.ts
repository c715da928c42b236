/** What the schema cannot say: parts of a dialect that contradict each other. */
import type { Dialect } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { checkLiterals } from './check-literals.ts';
import { checkOperators } from './check-operators.ts';
import { checkShape } from './check-shape.ts';

/**
 * The contradictions in a dialect that follows its schema. A dialect without any is safe to compile for: what it
 * declares exact may still be wrong of the vendor, which only the vendor’s answers can show.
 */
export function checkDialect(dialect: Dialect): Diagnostic[] {
  return [...checkLiterals(dialect), ...checkOperators(dialect), ...checkShape(dialect)];
}
