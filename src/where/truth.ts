/** The meaning of a where, written as plainly as it can be: three-valued logic over the tree as it was written. */
import type { Bindings, CompareOperator, Expr, Field, Fields, Predicate, Value } from './ast.ts';
import { fold } from './pattern.ts';
import { valueAt } from './record-path.ts';
import { compareScalars, operandScalar, operandText, readText, type Scalar, scalarReader } from './scalar.ts';

/** null is unknown. */
export type Truth = true | false | null;

/**
 * Whether the condition holds for a record. A predicate on an undeclared field is unknown. Slower than
 * `compileFilter`, which it is the measure of.
 */
export function truth(expr: Expr, fields: Fields, bindings: Bindings, record: unknown): Truth {
  switch (expr.kind) {
    case 'not':
      return not(truth(expr.arg, fields, bindings, record));
    case 'and': {
      const all = expr.args.map((arg) => truth(arg, fields, bindings, record));
      return all.includes(false) ? false : all.includes(null) ? null : true;
    }
    case 'or': {
      const all = expr.args.map((arg) => truth(arg, fields, bindings, record));
      return all.includes(true) ? true : all.includes(null) ? null : false;
    }
    default: {
      const field = fields.get(expr.field.name);
      return field === undefined ? null : predicateTruth(expr, field, bindings, valueAt(record, field.path));
    }
  }
}

function not(value: Truth): Truth {
  return value === null ? null : !value;
}

function predicateTruth(predicate: Predicate, field: Field, bindings: Bindings, raw: unknown): Truth {
  const negateIf = (value: Truth): Truth => ('negated' in predicate && predicate.negated ? not(value) : value);
  if (predicate.kind === 'null') return negateIf(raw === null || raw === undefined);
  const scalar = scalarReader(field)(raw);
  const compare = (op: CompareOperator, value: Value): Truth =>
    compareTruth(op, scalar, operandScalar(value, field, bindings));
  switch (predicate.kind) {
    case 'compare':
      return compare(predicate.op, predicate.value);
    case 'in': {
      const hits = predicate.values.map((value) => compare('=', value));
      return negateIf(hits.includes(true) ? true : hits.includes(null) ? null : false);
    }
    case 'between': {
      const parts = [compare('>=', predicate.low), compare('<=', predicate.high)];
      return negateIf(parts.includes(false) ? false : parts.includes(null) ? null : true);
    }
    case 'like':
      return negateIf(
        textTruth(raw, predicate.pattern, bindings, (text, pattern) =>
          predicate.caseless ? isLike([...fold(text)], [...fold(pattern)]) : isLike([...text], [...pattern]),
        ),
      );
    case 'match': {
      const { op } = predicate;
      return negateIf(
        textTruth(raw, predicate.value, bindings, (text, piece) =>
          op === 'contains'
            ? text.includes(piece)
            : op === 'starts with'
              ? text.startsWith(piece)
              : text.endsWith(piece),
        ),
      );
    }
  }
}

function compareTruth(op: CompareOperator, a: Scalar | undefined, b: Scalar | undefined): Truth {
  if (a === undefined || b === undefined) return null;
  const order = compareScalars(a, b);
  switch (op) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function textTruth(
  raw: unknown,
  value: Value,
  bindings: Bindings,
  test: (text: string, operand: string) => boolean,
): Truth {
  const text = readText(raw);
  const operand = operandText(value, bindings);
  return text === undefined || operand === undefined ? null : test(text, operand);
}

/** The definition of LIKE, tabled over all tails of text and pattern. */
function isLike(text: readonly string[], pattern: readonly string[]): boolean {
  const known = new Map<number, boolean>();
  const tail = (at: number, step: number): boolean => {
    const key = at * (pattern.length + 1) + step;
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = tailIsLike(at, step);
    known.set(key, result);
    return result;
  };
  const tailIsLike = (at: number, step: number): boolean => {
    const point = pattern[step];
    if (point === undefined) return at === text.length;
    if (point === '%') return tail(at, step + 1) || (at < text.length && tail(at + 1, step));
    if (at === text.length) return false;
    if (point === '_') return tail(at + 1, step + 1);
    if (point === '\\' && step + 1 < pattern.length) return pattern[step + 1] === text[at] && tail(at + 1, step + 2);
    return point === text[at] && tail(at + 1, step + 1);
  };
  return tail(0, 0);
}
