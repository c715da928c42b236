/**
 * Pushes NOT into the predicates and joins nested chains. Exact under three-valued logic: a negated predicate is
 * unknown exactly where the predicate is.
 */
import type { CompareOperator, Expr, Normal, Predicate } from './ast.ts';

const opposite: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

/** The same condition without NOT, and without a chain directly inside a chain of its kind. */
export function normalise(expr: Expr): Normal {
  return settle(expr, false);
}

/** The predicate that is true where this one is false, and unknown where it is unknown. */
export function negate(predicate: Predicate): Predicate {
  return predicate.kind === 'compare'
    ? { ...predicate, op: opposite[predicate.op] }
    : { ...predicate, negated: !predicate.negated };
}

/** Depth is that of the tree, which the parser bounds. */
function settle(expr: Expr, isNegated: boolean): Normal {
  if (expr.kind === 'not') return settle(expr.arg, !isNegated);
  if (expr.kind !== 'and' && expr.kind !== 'or') return isNegated ? negate(expr) : expr;
  const kind = isNegated ? (expr.kind === 'and' ? 'or' : 'and') : expr.kind;
  const args: Normal[] = [];
  for (const arg of expr.args) {
    const settled = settle(arg, isNegated);
    if (settled.kind === kind) for (const inner of settled.args) args.push(inner);
    else args.push(settled);
  }
  return { kind, args, span: expr.span };
}
