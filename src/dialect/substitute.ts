/** Puts the values of parameters and of now() into a where. */
import type { Bindings, Expr, Fields, Predicate, Value, Where } from '../where/ast.ts';
import { normalise } from '../where/normalise.ts';
import { operandScalar } from '../where/scalar.ts';

/** The where with every value that is given; parameters without one stay. Spans still point into its text. */
export function substitute(where: Where, bindings: Bindings): Where {
  const expr = replace(where.expr, where.fields, bindings);
  return { ...where, expr, normal: normalise(expr) };
}

function replace(expr: Expr, fields: Fields, bindings: Bindings): Expr {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map((arg) => replace(arg, fields, bindings)) };
    case 'not':
      return { ...expr, arg: replace(expr.arg, fields, bindings) };
    default:
      return replaceValues(expr, (value) => given(value, expr, fields, bindings));
  }
}

function replaceValues(predicate: Predicate, put: (value: Value) => Value): Predicate {
  switch (predicate.kind) {
    case 'compare':
    case 'match':
      return { ...predicate, value: put(predicate.value) };
    case 'in':
      return { ...predicate, values: predicate.values.map(put) };
    case 'like':
      return { ...predicate, pattern: put(predicate.pattern) };
    case 'between':
      return { ...predicate, low: put(predicate.low), high: put(predicate.high) };
    case 'null':
      return predicate;
  }
}

function given(value: Value, predicate: Predicate, fields: Fields, bindings: Bindings): Value {
  const field = fields.get(predicate.field.name);
  const isGiven =
    value.kind === 'now' || (value.kind === 'parameter' && Object.hasOwn(bindings.parameters, value.name));
  if (!isGiven || field === undefined) return value;
  const scalar = operandScalar(value, field, bindings);
  const { span } = value;
  switch (field.type) {
    case 'timestamp':
      return typeof scalar === 'number' ? { kind: 'timestamp', epochMs: scalar, span } : value;
    case 'date':
      return typeof scalar === 'string' ? { kind: 'date', day: scalar, span } : value;
    case 'boolean':
      return typeof scalar === 'boolean' ? { kind: 'boolean', value: scalar, span } : value;
    case 'number':
      return value.kind === 'parameter' && scalar !== undefined
        ? { kind: 'number', text: String(bindings.parameters[value.name]), span }
        : value;
    default:
      return typeof scalar === 'string' ? { kind: 'text', text: scalar, span } : value;
  }
}
