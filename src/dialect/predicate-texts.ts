/** The predicates of a where as the person wrote them, in order. */
import type { Expr, Where } from '../where/ast.ts';
import { negate } from '../where/normalise.ts';
import { printWhere } from '../where/print.ts';

/** One text per predicate; one that stands under a NOT of a whole group is printed with its own negation. */
export function predicateTexts({ expr, text }: Where): readonly string[] {
  return collect(expr, false, text);
}

function collect(expr: Expr, isNegated: boolean, text: string): readonly string[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.args.flatMap((arg) => collect(arg, isNegated, text));
    case 'not':
      return !isNegated && isPredicate(expr.arg) ? [written(expr, text)] : collect(expr.arg, !isNegated, text);
    default:
      return [isNegated ? printWhere(negate(expr)) : written(expr, text)];
  }
}

function isPredicate(expr: Expr): boolean {
  return expr.kind !== 'and' && expr.kind !== 'or' && expr.kind !== 'not';
}

function written(expr: Expr, text: string): string {
  return text.slice(expr.span.start, expr.span.end) || printWhere(expr);
}
