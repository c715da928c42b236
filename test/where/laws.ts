/** Laws of the language: for every condition, every record. */
import fc from 'fast-check';
import type { Expr } from '../../src/where/ast.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { normalise } from '../../src/where/normalise.ts';
import { parseWhere } from '../../src/where/parser.ts';
import { printWhere } from '../../src/where/print.ts';
import { truth } from '../../src/where/truth.ts';
import { type Law, law } from '../prove/law.ts';
import { bindings, expressions, fields, records } from './arbitrary.ts';
import { withoutSpans } from './without-spans.ts';

const both = fc.record({ expr: expressions, record: records });

function passes(expr: Expr, record: unknown): boolean {
  return compileFilter(normalise(expr), fields)(bindings)(record);
}

export const whereLaws: readonly Law[] = [
  law('a condition is what its canonical text parses to', expressions, (expr) => {
    const printed = printWhere(expr);
    const { expr: parsed, diagnostics } = parseWhere(printed);
    if (parsed === null) return `${printed} is not read: ${diagnostics.map(({ message }) => message).join(' ')}`;
    const isSame = JSON.stringify(withoutSpans(parsed)) === JSON.stringify(withoutSpans(expr));
    return isSame ? null : `${printed} is read as ${printWhere(parsed)}`;
  }),
  law('a filter passes exactly the records for which its condition is true', both, ({ expr, record }) => {
    const wanted = truth(expr, fields, bindings, record);
    return passes(expr, record) === (wanted === true) ? null : `${printWhere(expr)} is ${wanted}`;
  }),
  law('a condition means the same in normal form', both, ({ expr, record }) => {
    const [before, after] = [expr, normalise(expr)].map((each) => truth(each, fields, bindings, record));
    return before === after ? null : `${printWhere(expr)} is ${before}, and ${after} in normal form`;
  }),
  law('p, NOT p and p unknown share out all records', both, ({ expr, record }) => {
    const denied: Expr = { kind: 'not', arg: expr, span: expr.span };
    const isUnknown = truth(expr, fields, bindings, record) === null;
    const parts = [passes(expr, record), passes(denied, record), isUnknown];
    return parts.filter(Boolean).length === 1 ? null : `${printWhere(expr)}: ${parts.join(', ')}`;
  }),
];
