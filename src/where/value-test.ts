/** Compiles a predicate into a test of the value of its field. */
import type { Bindings, CompareOperator, Field, Predicate, Value } from './ast.ts';
import { readNumeric } from './decimal.ts';
import { readInstant } from './instant.ts';
import { compilePattern } from './pattern.ts';
import { compareScalars, operandScalar, operandText, readText, type Scalar, scalarReader } from './scalar.ts';

/** Tells of a value as it stands in a record. */
export type ValueTest = (raw: unknown) => boolean;
/** Takes the values of parameters; what it returns is run for each record. */
export type BindableTest = (bindings: Bindings) => ValueTest;

const never: ValueTest = () => false;

/** A test that passes a value only when the predicate is definitely true of it. */
export function compileValueTest(predicate: Predicate, field: Field): BindableTest {
  switch (predicate.kind) {
    case 'null':
      return () => (predicate.negated ? isPresent : isNull);
    case 'compare':
      return compileComparison(predicate.op, predicate.value, field);
    case 'between': {
      const { low, high, negated } = predicate;
      return negated
        ? either(compileComparison('<', low, field), compileComparison('>', high, field))
        : both(compileComparison('>=', low, field), compileComparison('<=', high, field));
    }
    case 'in':
      return compileList(predicate.values, predicate.negated, field);
    case 'like':
      return compileText(predicate.pattern, predicate.negated, (pattern) =>
        compilePattern(pattern, predicate.caseless),
      );
    case 'match':
      return compileText(predicate.value, predicate.negated, pieceTests[predicate.op]);
  }
}

function isNull(raw: unknown): boolean {
  return raw === null || raw === undefined;
}

function isPresent(raw: unknown): boolean {
  return raw !== null && raw !== undefined;
}

function both(a: BindableTest, b: BindableTest): BindableTest {
  return (bindings) => {
    const [first, second] = [a(bindings), b(bindings)];
    return (raw) => first(raw) && second(raw);
  };
}

function either(a: BindableTest, b: BindableTest): BindableTest {
  return (bindings) => {
    const [first, second] = [a(bindings), b(bindings)];
    return (raw) => first(raw) || second(raw);
  };
}

const pieceTests = {
  contains: (piece: string) => (text: string) => text.includes(piece),
  'starts with': (piece: string) => (text: string) => text.startsWith(piece),
  'ends with': (piece: string) => (text: string) => text.endsWith(piece),
} as const;

function compileText(
  value: Value,
  negated: boolean,
  compile: (operand: string) => (text: string) => boolean,
): BindableTest {
  return (bindings) => {
    const operand = operandText(value, bindings);
    if (operand === undefined) return never;
    const matches = compile(operand);
    return (raw) => {
      const text = readText(raw);
      return text !== undefined && matches(text) !== negated;
    };
  };
}

function compileList(values: readonly Value[], negated: boolean, field: Field): BindableTest {
  const read = compileReader(field);
  return (bindings) => {
    const operands = values.map((value) => operandScalar(value, field, bindings));
    const known = operands.filter((operand) => operand !== undefined);
    // x NOT IN (1, null) is never true: the null might be x.
    if (negated && known.length < operands.length) return never;
    const isMember = memberTest(known);
    return (raw) => {
      const scalar = read(raw);
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

function compileComparison(op: CompareOperator, value: Value, field: Field): BindableTest {
  const read = compileReader(field);
  return (bindings) => {
    const operand = operandScalar(value, field, bindings);
    if (operand === undefined) return never;
    if (typeof operand === 'number') return compareWithNumber(op, operand, read);
    if (typeof operand === 'string' && op === '=') return (raw) => read(raw) === operand;
    return compareWithScalar(op, operand, read);
  };
}

type Reader = (raw: unknown) => Scalar | undefined;

/** Reads a value of the field. Spelt out by type, because only a call of a known function can be inlined. */
function compileReader(field: Field): Reader {
  switch (field.type) {
    case 'text':
    case 'enum':
    case 'id':
      return readText;
    case 'number':
      return readNumeric;
    case 'timestamp':
      return (raw) => readInstant(raw, field) ?? undefined;
    default:
      return scalarReader(field);
  }
}

function compareWithScalar(op: CompareOperator, operand: Scalar, read: Reader): ValueTest {
  const holds = orderTests[op];
  return (raw) => {
    const scalar = read(raw);
    return scalar !== undefined && holds(compareScalars(scalar, operand));
  };
}

/** Numbers and instants. One function per operator, so that the common case is one comparison of doubles. */
function compareWithNumber(op: CompareOperator, operand: number, read: Reader): ValueTest {
  const holds = orderTests[op];
  /** For numbers that no double holds, and for no number at all. */
  const otherwise = (scalar: Scalar | undefined): boolean =>
    scalar !== undefined && holds(compareScalars(scalar, operand));
  switch (op) {
    case '=':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar === operand : otherwise(scalar);
      };
    case '!=':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar !== operand : otherwise(scalar);
      };
    case '<':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar < operand : otherwise(scalar);
      };
    case '<=':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar <= operand : otherwise(scalar);
      };
    case '>':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar > operand : otherwise(scalar);
      };
    case '>=':
      return (raw) => {
        const scalar = read(raw);
        return typeof scalar === 'number' ? scalar >= operand : otherwise(scalar);
      };
  }
}
