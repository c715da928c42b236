/** Values of records and of the where in one form per field type, so that they compare. */
import type { Bindings, Field, ParameterValue, Value } from './ast.ts';
import { compareNumeric, type Decimal, type Numeric, readNumeric } from './decimal.ts';
import { dayAt, parseInstant, readInstant } from './instant.ts';

/**
 * Text, enum and id: the text. Number: a double or a `Decimal`. Boolean: the boolean. Timestamp: epoch
 * milliseconds. Date: `YYYY-MM-DD`.
 */
export type Scalar = string | number | boolean | Decimal;

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** How a record’s value of this field is read; undefined for null and for what cannot be read. */
export function scalarReader(field: Field): (raw: unknown) => Scalar | undefined {
  switch (field.type) {
    case 'number':
      return readNumeric;
    case 'boolean':
      return readBoolean;
    case 'timestamp':
      return (raw) => readInstant(raw, field) ?? undefined;
    case 'date':
      return (raw) => readDay(raw, field);
    default:
      return readText;
  }
}

export function readText(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw;
  return typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean' ? String(raw) : undefined;
}

function readBoolean(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw !== 'string') return undefined;
  const word = raw.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** A date as written, or the day of an instant in the field’s zone. */
function readDay(raw: unknown, field: Field): string | undefined {
  if (typeof raw === 'string' && dayPattern.test(raw)) return parseInstant(raw, 'UTC') === null ? undefined : raw;
  const epochMs = readInstant(raw, field);
  return epochMs === null ? undefined : dayAt(epochMs, field.zone);
}

/** A value of the where as the field’s scalar; undefined for null and for what does not fit the field. */
export function operandScalar(value: Value, field: Field, bindings: Bindings): Scalar | undefined {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'parameter':
      return parameterScalar(boundValue(value.name, bindings), field);
    case 'now':
      return instantScalar(bindings.nowMs + value.offsetMs, field);
    case 'timestamp':
      return instantScalar(value.epochMs, field);
    case 'date':
      return literalScalar(value.day, field);
    case 'boolean':
      return literalScalar(value.value ? 'true' : 'false', field);
    default:
      return literalScalar(value.text, field);
  }
}

/** The text of a pattern or a piece; undefined for null. */
export function operandText(value: Value, bindings: Bindings): string | undefined {
  const scalar = operandScalar(value, textField, bindings);
  return typeof scalar === 'string' ? scalar : undefined;
}

const textField: Field = {
  name: '',
  type: 'text',
  path: [],
  format: 'iso',
  zone: 'UTC',
  granularity: 'ms',
  filterable: true,
  operators: {},
};

function boundValue(name: string, bindings: Bindings): ParameterValue {
  const value = Object.hasOwn(bindings.parameters, name) ? bindings.parameters[name] : undefined;
  // Matching nothing instead would lose records without a word.
  if (value === undefined) throw new RangeError(`The where parameter :${name} is not bound.`);
  return value;
}

/** Parameters give instants in epoch milliseconds, however the field writes them. */
function parameterScalar(value: ParameterValue, field: Field): Scalar | undefined {
  if (typeof value === 'number') {
    return field.type === 'timestamp' || field.type === 'date'
      ? instantScalar(value, field)
      : literalScalar(String(value), field);
  }
  return literalScalar(String(value), field);
}

function instantScalar(epochMs: number, field: Field): Scalar | undefined {
  if (!(Math.abs(epochMs) <= 8.64e15)) return undefined;
  if (field.type === 'timestamp') return epochMs;
  if (field.type === 'date') return dayAt(epochMs, field.zone);
  return undefined;
}

/** What the text of a literal means for the field: the same reading whether it was quoted or not. */
export function literalScalar(text: string, field: Field): Scalar | undefined {
  switch (field.type) {
    case 'number':
      return readNumeric(text);
    case 'boolean':
      return readBoolean(text);
    case 'timestamp':
      return parseInstant(text, field.zone) ?? readInstant(text, field) ?? undefined;
    case 'date': {
      if (dayPattern.test(text)) return parseInstant(text, 'UTC') === null ? undefined : text;
      const epochMs = parseInstant(text, field.zone);
      return epochMs === null ? undefined : dayAt(epochMs, field.zone);
    }
    default:
      return text;
  }
}

/** Negative, zero or positive. Both are scalars of one field type. Text is ordered by code point. */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return compareNumeric(a as Numeric, b as Numeric);
}

/** JavaScript orders UTF-16 units, which puts U+E000–U+FFFF after the code points above U+FFFF. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA !== unitB) return unitA >= 0xd800 && unitB >= 0xd800 ? rank(unitA) - rank(unitB) : unitA - unitB;
  }
  return a.length - b.length;
}

/** Surrogates stand for the highest code points. */
function rank(unit: number): number {
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
