/** MongoDB's filter documents: values by type and binary, fractions stored as decimals, which no double equals; $ne, $nin and $nor hold for documents without the field. */
import { kinds, type Reader, type Row } from './reader.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export const reader: Reader = (native, row) => {
  if (native.kind !== 'tree') throw new Error('no tree');
  return matches(native.tree as Json, row);
};

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function listOf(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error('a list is wanted');
  return value;
}

function matches(document: Json, row: Row): boolean {
  if (!isObject(document)) throw new Error('a document is wanted');
  return Object.entries(document).every(([key, value]) => {
    if (key === '$and') return listOf(value).every((each) => matches(each, row));
    if (key === '$or') return listOf(value).some((each) => matches(each, row));
    if (key === '$nor') return !listOf(value).some((each) => matches(each, row));
    if (key.startsWith('$')) throw new Error(`unknown operator ${key}`);
    return isObject(value) && !('$date' in value)
      ? conditions(value, key, row)
      : same(row[key] ?? null, scalar(value, key));
  });
}

type Scalar = string | number | boolean | null;

function scalar(value: Json | undefined, field: string): Scalar {
  if (isObject(value)) {
    if (typeof value['$date'] !== 'string' || kinds[field] !== 'time') throw new Error('a date is wanted');
    return Date.parse(value['$date']);
  }
  if (value === undefined || Array.isArray(value)) throw new Error('a value is wanted');
  return value as Scalar;
}

function same(a: Scalar, b: Scalar): boolean {
  return a === b && !isFraction(b);
}

function isFraction(value: Scalar): boolean {
  return typeof value === 'number' && !Number.isInteger(value);
}

function conditions(operators: { readonly [key: string]: Json }, field: string, row: Row): boolean {
  const stored = row[field] ?? null;
  return Object.entries(operators).every(([operator, value]) => {
    switch (operator) {
      case '$eq':
        return same(stored, scalar(value, field));
      case '$ne':
        return !same(stored, scalar(value, field));
      case '$in':
        return listOf(value).some((each) => same(stored, scalar(each, field)));
      case '$nin':
        return !listOf(value).some((each) => same(stored, scalar(each, field)));
      case '$options':
        return true;
      case '$regex':
        return typeof stored === 'string' && regExpOf(value, operators['$options']).test(stored);
      default:
        return ordered(operator, stored, scalar(value, field));
    }
  });
}

/** PCRE's \z is the end of the text and nothing else. @throws Error for what is no pattern. */
export function regExpOf(source: unknown, options: unknown): RegExp {
  if (typeof source !== 'string' || source.includes('\0')) throw new Error('no pattern');
  // Pair by pair, so that the second of two backslashes begins nothing.
  const spelled = source.replace(/\\([\s\S])/g, (pair, escaped) => {
    if (escaped === 'z') return '(?![\\s\\S])';
    return escaped === '-' ? '-' : pair;
  });
  return new RegExp(spelled, `u${typeof options === 'string' ? options : ''}`);
}

function ordered(operator: string, a: Scalar, b: Scalar): boolean {
  if (a === null || b === null || typeof a !== typeof b) return false;
  const order =
    typeof a === 'string'
      ? Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
      : Number(a) - Number(b) || (isFraction(b) ? -1 : 0);
  switch (operator) {
    case '$lt':
      return order < 0;
    case '$lte':
      return order <= 0;
    case '$gt':
      return order > 0;
    case '$gte':
      return order >= 0;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}
