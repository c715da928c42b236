/**
 * Elasticsearch's query DSL: keywords in lower case, text as words, numbers in single precision, times in nanoseconds;
 * must_not holds for documents without the field. What is longer than 256 letters is not indexed.
 */
import { instant, kinds, letters, type Reader, type Row } from './reader.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Tree = { readonly [key: string]: Json };

export const reader: Reader = (native, row) => {
  if (native.kind !== 'tree') throw new Error('no tree');
  return matches(native.tree as Json, row);
};

/** The one property of an object. */
function only(tree: Json | undefined): readonly [key: string, value: Json] {
  const entries = isTree(tree) ? Object.entries(tree) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new Error(`one property is wanted in ${JSON.stringify(tree)}`);
  return entry;
}

function isTree(value: Json | undefined): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function listOf(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error('a list is wanted');
  return value;
}

function matches(query: Json, row: Row): boolean {
  const [name, body] = only(query);
  if (name === 'match_all') return true;
  if (name === 'bool') return isTree(body) && bool(body, row);
  if (name === 'exists') {
    if (!isTree(body) || typeof body['field'] !== 'string') throw new Error('exists wants a field');
    return indexed(body['field'], row[body['field']] ?? null) !== null;
  }
  const [field, condition] = only(body);
  const stored = indexed(field, row[field] ?? null);
  if (kinds[field] === 'text' && (field === 'name' || field === 'title')) throw new Error('words are not compared');
  if (name === 'terms') return listOf(condition).some((each) => same(field, stored, each));
  if (!isTree(condition)) throw new Error('an object is wanted');
  if (name === 'term') return same(field, stored, condition['value']);
  if (name === 'range') return Object.entries(condition).every(([op, bound]) => inRange(field, stored, op, bound));
  throw new Error(`unknown query ${name}`);
}

function bool({ filter, should, must_not: not, minimum_should_match: least, ...rest }: Tree, row: Row): boolean {
  if (Object.keys(rest).length > 0) throw new Error(`unknown in bool: ${Object.keys(rest).join()}`);
  if (filter !== undefined) return listOf(filter).every((each) => matches(each, row));
  if (not !== undefined) return !listOf(not).some((each) => matches(each, row));
  if (least !== 1) throw new Error('should wants to be told how many must match');
  return listOf(should).some((each) => matches(each, row));
}

type Term = string | number | boolean;

/** A value as it is found again; null for what is not indexed. */
function indexed(field: string, value: Term | null): Term | null {
  if (value === null) return null;
  switch (kinds[field]) {
    case 'number':
      return Math.fround(Number(value));
    case 'time':
      return typeof value === 'number' ? value : instant(String(value));
    case 'text':
      return String(value).length > 256 ? null : letters(String(value));
    default:
      return value;
  }
}

function same(field: string, stored: Term | null, value: Json | undefined): boolean {
  if (value === undefined || value === null || typeof value === 'object') throw new Error('a value is wanted');
  return stored !== null && stored === indexed(field, value as Term);
}

function inRange(field: string, stored: Term | null, op: string, bound: Json): boolean {
  if (bound === null || typeof bound === 'object') throw new Error('a bound is wanted');
  const limit = indexed(field, bound as Term);
  if (stored === null || limit === null) return false;
  switch (op) {
    case 'lt':
      return stored < limit;
    case 'lte':
      return stored <= limit;
    case 'gt':
      return stored > limit;
    case 'gte':
      return stored >= limit;
    default:
      throw new Error(`unknown bound ${op}`);
  }
}
