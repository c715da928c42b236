import type { Json } from '../../json.ts';
import { refuse } from '../answers.ts';
import { parseDateTime, parseDay } from '../dates.ts';
import { normaliseId } from '../ids.ts';
import type { Field, FieldType } from '../schema.ts';
import type { Literal, Operator } from './ast.ts';
import { type Range, rangeOf } from './date-literal.ts';

/** Whether a stored value meets a criterion. */
export type Test = (value: Json) => boolean;

const numbers: readonly FieldType[] = ['int', 'double', 'currency', 'percent'];
const ids: readonly FieldType[] = ['id', 'reference'];

const isText = (type: FieldType): boolean =>
  !numbers.includes(type) && type !== 'boolean' && type !== 'date' && type !== 'datetime' && type !== 'address';

/**
 * Builds the test of one comparison. Refuses fields that cannot be filtered, operators that do not fit the field's type and values
 * of another type. Two-valued: an order comparison with null is false, `!=` and NOT IN hold for null, as the vendor's queries do.
 */
export function compileCriterion(field: Field, operator: Operator, values: readonly Literal[], nowMs: number): Test {
  if (!field.filterable) refuse(400, 'INVALID_FIELD', `\nfield '${field.name}' can not be filtered in a query call`);
  checkOperator(field, operator);
  for (const value of values) checkValue(field, value);
  if (operator === 'LIKE') return compileLike(values);
  if (operator === 'INCLUDES') return compileIncludes(values);
  if (operator === 'EXCLUDES') return negate(compileIncludes(values));
  if (operator === 'IN' || operator === 'NOT IN') {
    const tests = values.map((value) => compileEquals(field, value, nowMs));
    const isIn: Test = (stored) => tests.some((test) => test(stored));
    return operator === 'IN' ? isIn : negate(isIn);
  }
  const [value] = values;
  if (value === undefined) return () => false;
  if (operator === '=') return compileEquals(field, value, nowMs);
  if (operator === '!=') return negate(compileEquals(field, value, nowMs));
  return compileOrder(field, operator, value, nowMs);
}

const negate =
  (test: Test): Test =>
  (stored) =>
    !test(stored);

function checkOperator(field: Field, operator: Operator): void {
  const multi = operator === 'INCLUDES' || operator === 'EXCLUDES';
  const order = operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
  const fits =
    (!multi || field.type === 'multipicklist') &&
    (operator !== 'LIKE' || (isText(field.type) && !ids.includes(field.type) && field.type !== 'multipicklist')) &&
    (!order || (field.type !== 'boolean' && field.type !== 'multipicklist' && !ids.includes(field.type)));
  if (!fits)
    refuse(
      400,
      'INVALID_QUERY_FILTER_OPERATOR',
      `\ninvalid operator on ${field.type} field: ${field.name} ${operator}`,
    );
}

const expected = (type: FieldType): string => {
  if (type === 'datetime') return 'dateTime and should not be enclosed in quotes';
  if (type === 'date' || type === 'boolean') return `${type} and should not be enclosed in quotes`;
  if (numbers.includes(type)) return `${type === 'int' ? 'int' : 'double'} and should not be enclosed in quotes`;
  return 'string and should be enclosed in quotes';
};

function checkValue(field: Field, value: Literal): void {
  if (!fitsType(field.type, value)) {
    refuse(
      400,
      'INVALID_FIELD',
      `\nvalue of filter criterion for field '${field.name}' must be of type ${expected(field.type)}`,
    );
  }
  if (
    ids.includes(field.type) &&
    value.kind === 'string' &&
    value.text !== '' &&
    normaliseId(value.text) === undefined
  ) {
    refuse(400, 'INVALID_QUERY_FILTER_OPERATOR', `\ninvalid ID field: ${value.text}`);
  }
}

function fitsType(type: FieldType, value: Literal): boolean {
  if (value.kind === 'null') return true;
  if (type === 'datetime') return value.kind === 'dateTime' || value.kind === 'dateLiteral';
  if (type === 'date') return value.kind === 'date' || value.kind === 'dateLiteral';
  if (type === 'boolean') return value.kind === 'boolean';
  return value.kind === (numbers.includes(type) ? 'number' : 'string');
}

/** A stored value or a literal as something to compare: text in lower case, instants and days in milliseconds. */
function comparable(field: Field, value: Json): string | number | boolean | null {
  if (field.type === 'boolean') return value === true;
  if (value === null || value === '') return null;
  if (field.type === 'datetime') return typeof value === 'string' ? (parseDateTime(value) ?? null) : null;
  if (field.type === 'date') return typeof value === 'string' ? (parseDay(value) ?? null) : null;
  if (numbers.includes(field.type)) return Number(value);
  if (ids.includes(field.type)) return String(value);
  return String(value).toLowerCase();
}

function boundOf(field: Field, value: Literal, nowMs: number): string | number | boolean | null | Range {
  switch (value.kind) {
    case 'null':
      // For a checkbox, null means false.
      return field.type === 'boolean' ? false : null;
    case 'dateTime':
      return Math.floor(value.atMs / 1000) * 1000;
    case 'date':
      return value.atMs;
    case 'dateLiteral':
      return rangeOf(value.name, value.count, nowMs);
    case 'string':
      return ids.includes(field.type) ? (normaliseId(value.text) ?? null) : comparable(field, value.text);
    default:
      return value.value;
  }
}

const isRange = (bound: ReturnType<typeof boundOf>): bound is Range => typeof bound === 'object' && bound !== null;

function compileEquals(field: Field, value: Literal, nowMs: number): Test {
  const bound = boundOf(field, value, nowMs);
  if (!isRange(bound)) return (stored) => comparable(field, stored) === bound;
  return (stored) => {
    const found = comparable(field, stored);
    return typeof found === 'number' && found >= bound.fromMs && found < bound.toMs;
  };
}

function compileOrder(field: Field, operator: '<' | '<=' | '>' | '>=', value: Literal, nowMs: number): Test {
  const bound = boundOf(field, value, nowMs);
  return (stored) => {
    const found = comparable(field, stored);
    if (found === null || bound === null || typeof found === 'boolean' || typeof bound === 'boolean') return false;
    if (isRange(bound)) {
      const limit = operator === '<' || operator === '>=' ? bound.fromMs : bound.toMs;
      return operator === '<' || operator === '<=' ? Number(found) < limit : Number(found) >= limit;
    }
    if (operator === '<') return found < bound;
    if (operator === '<=') return found <= bound;
    return operator === '>' ? found > bound : found >= bound;
  };
}

const pieces = /\\([\s\S])|([%_])|([\s\S])/g;

/** `%` is any text, `_` one character; a backslash takes either as itself. Case does not count. */
function compileLike(values: readonly Literal[]): Test {
  const patterns = values.flatMap((value) => (value.kind === 'string' ? [likePattern(value.raw)] : []));
  return (stored) => typeof stored === 'string' && patterns.some((pattern) => pattern.test(stored));
}

function likePattern(raw: string): RegExp {
  const body = raw.replace(pieces, (_all, escaped?: string, wildcard?: string, plain?: string) => {
    if (wildcard !== undefined) return wildcard === '%' ? '[\\s\\S]*' : '[\\s\\S]';
    return (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^${body}$`, 'iu');
}

/** `('A;B','C')` is (A and B) or C. */
function compileIncludes(values: readonly Literal[]): Test {
  const groups = values.flatMap((value) => (value.kind === 'string' ? [value.text.toLowerCase().split(';')] : []));
  return (stored) => {
    const chosen = typeof stored === 'string' ? stored.toLowerCase().split(';') : [];
    return groups.some((group) => group.every((value) => chosen.includes(value)));
  };
}
