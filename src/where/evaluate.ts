/** Compiles a condition into a function over records. */
import type { Bindings, CompareOperator, Field, Fields, Normal, Predicate, Value } from './ast.ts';
import { readNumeric } from './decimal.ts';
import { readInstant } from './instant.ts';
import { compilePattern } from './pattern.ts';
import { compileGetter } from './record-path.ts';
import { compareScalars, operandScalar, operandText, readText, type Scalar, scalarReader } from './scalar.ts';

export type Test = (record: unknown) => boolean;
/** Takes the values of parameters; what it returns is run for each record. */
export type Filter = (bindings: Bindings) => Test;

/**
 * A filter that passes a record only when the condition is definitely true. Without NOT above predicates, unknown
 * and false need no telling apart, so two values do. A predicate on an undeclared field is never true.
 */
export function compileFilter(normal: Normal, fields: Fields): Filter {
  if (normal.kind === 'and') return joinAll(normal.args.map((arg) => compileFilter(arg, fields)));
  if (normal.kind === 'or') return joinAny(normal.args.map((arg) => compileFilter(arg, fields)));
  const field = fields.get(normal.field.name);
  return field === undefined ? () => never : compilePredicate(normal, field);
}

const never: Test = () => false;

function joinAll(parts: readonly Filter[]): Filter {
  return (bindings) =>
    parts.map((part) => part(bindings)).reduceRight((rest, test) => (record) => test(record) && rest(record));
}

function joinAny(parts: readonly Filter[]): Filter {
  return (bindings) =>
    parts.map((part) => part(bindings)).reduceRight((rest, test) => (record) => test(record) || rest(record));
}

function compilePredicate(predicate: Predicate, field: Field): Filter {
  const get = compileGetter(field.path);
  switch (predicate.kind) {
    case 'null':
      return () => (predicate.negated ? (record) => !isNull(get(record)) : (record) => isNull(get(record)));
    case 'compare':
      return compileComparison(predicate.op, predicate.value, field);
    case 'between': {
      const { low, high, negated } = predicate;
      return negated
        ? joinAny([compileComparison('<', low, field), compileComparison('>', high, field)])
        : joinAll([compileComparison('>=', low, field), compileComparison('<=', high, field)]);
    }
    case 'in':
      return compileList(predicate.values, predicate.negated, field);
    case 'like':
      return compileText(predicate.pattern, predicate.negated, field, (pattern) =>
        compilePattern(pattern, predicate.caseless),
      );
    case 'match':
      return compileText(predicate.value, predicate.negated, field, pieceTests[predicate.op]);
  }
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

const pieceTests = {
  contains: (piece: string) => (text: string) => text.includes(piece),
  'starts with': (piece: string) => (text: string) => text.startsWith(piece),
  'ends with': (piece: string) => (text: string) => text.endsWith(piece),
} as const;

function compileText(
  value: Value,
  negated: boolean,
  field: Field,
  compile: (operand: string) => (text: string) => boolean,
): Filter {
  const get = compileGetter(field.path);
  return (bindings) => {
    const operand = operandText(value, bindings);
    if (operand === undefined) return never;
    const matches = compile(operand);
    return (record) => {
      const text = readText(get(record));
      return text !== undefined && matches(text) !== negated;
    };
  };
}

function compileList(values: readonly Value[], negated: boolean, field: Field): Filter {
  const read = compileReader(field);
  return (bindings) => {
    const operands = values.map((value) => operandScalar(value, field, bindings));
    const known = operands.filter((operand) => operand !== undefined);
    // x NOT IN (1, null) is never true: the null might be x.
    if (negated && known.length < operands.length) return never;
    const isMember = memberTest(known);
    return (record) => {
      const scalar = read(record);
      return scalar !== undefined && isMember(scalar) !== negated;
    };
  };
}

function memberTest(members: readonly Scalar[]): (scalar: Scalar) => boolean {
  const decimals = members.filter((member) => typeof member === 'object');
  const set = new Set(members);
  if (decimals.length === 0) return (scalar) => set.has(scalar);
  return (scalar) => set.has(scalar) || decimals.some((decimal) => compareScalars(scalar, decimal) === 0);
}

const orderTests: Readonly<Record<CompareOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function compileComparison(op: CompareOperator, value: Value, field: Field): Filter {
  const read = compileReader(field);
  return (bindings) => {
    const operand = operandScalar(value, field, bindings);
    if (operand === undefined) return never;
    if (typeof operand === 'number') return compareWithNumber(op, operand, read);
    if (typeof operand === 'string' && op === '=') return (record) => read(record) === operand;
    return compareWithScalar(op, operand, read);
  };
}

type Reader = (record: unknown) => Scalar | undefined;

/** Reads the field of a record. Spelt out by type, because only a call of a known function can be inlined. */
function compileReader(field: Field): Reader {
  const get = compileGetter(field.path);
  switch (field.type) {
    case 'text':
    case 'enum':
    case 'id':
      return (record) => readText(get(record));
    case 'number':
      return (record) => readNumeric(get(record));
    case 'timestamp':
      return (record) => readInstant(get(record), field) ?? undefined;
    default: {
      const read = scalarReader(field);
      return (record) => read(get(record));
    }
  }
}

function compareWithScalar(op: CompareOperator, operand: Scalar, read: Reader): Test {
  const holds = orderTests[op];
  return (record) => {
    const scalar = read(record);
    return scalar !== undefined && holds(compareScalars(scalar, operand));
  };
}

/** Numbers and instants. One function per operator, so that the common case is one comparison of doubles. */
function compareWithNumber(op: CompareOperator, operand: number, read: Reader): Test {
  const holds = orderTests[op];
  /** For numbers that no double holds, and for no number at all. */
  const otherwise = (scalar: Scalar | undefined): boolean =>
    scalar !== undefined && holds(compareScalars(scalar, operand));
  switch (op) {
    case '=':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar === operand : otherwise(scalar);
      };
    case '!=':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar !== operand : otherwise(scalar);
      };
    case '<':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar < operand : otherwise(scalar);
      };
    case '<=':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar <= operand : otherwise(scalar);
      };
    case '>':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar > operand : otherwise(scalar);
      };
    case '>=':
      return (record) => {
        const scalar = read(record);
        return typeof scalar === 'number' ? scalar >= operand : otherwise(scalar);
      };
  }
}
