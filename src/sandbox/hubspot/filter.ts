import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { refuseInvalid } from './answers.ts';
import { findProperty, type ObjectType, type Property } from './schema.ts';
import { propertyValue } from './shape.ts';

export type Keep = (record: JsonObject) => boolean;

const maxGroups = 5;
const maxFiltersPerGroup = 6;
const maxFilters = 18;

const operators = [
  'EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'BETWEEN', 'IN', 'NOT_IN', 'HAS_PROPERTY', 'NOT_HAS_PROPERTY', 'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const; // biome-ignore format: a list to read, not to scan

type Operator = (typeof operators)[number];

interface Filter {
  readonly property: Property;
  readonly operator: Operator;
  readonly value: string;
  readonly highValue: string;
  readonly values: readonly string[];
}

/**
 * Checks `filterGroups` (or a bare `filters`, which is one group) and builds their test: groups are ORed, filters in a group ANDed.
 * Refuses more than 5 groups, 6 filters in a group or 18 in all, unknown properties and operators, and values that are no text.
 */
export function compileFilters(type: ObjectType, body: JsonObject): Keep {
  const groups = groupsOf(body);
  if (groups.length > maxGroups)
    refuseInvalid(`Invalid request: at most ${maxGroups} filterGroups are allowed, got ${groups.length}`);
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  if (total > maxFilters)
    refuseInvalid(`Invalid request: at most ${maxFilters} filters are allowed in total, got ${total}`);
  const tests = groups.map((group) => {
    if (group.length > maxFiltersPerGroup) {
      refuseInvalid(
        `Invalid request: at most ${maxFiltersPerGroup} filters are allowed in a filterGroup, got ${group.length}`,
      );
    }
    return group.map((filter) => compileFilter(readFilter(type, filter)));
  });
  if (tests.length === 0) return () => true;
  return (record) => tests.some((group) => group.every((test) => test(record)));
}

function groupsOf(body: JsonObject): readonly (readonly Json[])[] {
  if (body.filterGroups === undefined || body.filterGroups === null) {
    return body.filters === undefined ? [] : [arrayOf(body.filters, 'filters')];
  }
  return arrayOf(body.filterGroups, 'filterGroups').map((group) =>
    arrayOf(isJsonObject(group) ? (group.filters ?? null) : null, 'filters'),
  );
}

function arrayOf(value: Json, name: string): readonly Json[] {
  if (!Array.isArray(value)) return refuseInvalid(`Invalid input JSON: ${name} must be an array`);
  return value as readonly Json[];
}

function readFilter(type: ObjectType, filter: Json): Filter {
  if (!isJsonObject(filter)) return refuseInvalid('Invalid input JSON: a filter must be an object');
  const name = String(filter.propertyName ?? '');
  const property = findProperty(type, name);
  if (property === undefined)
    return refuseInvalid(`There was a problem with the request. Property ${name} does not exist on ${type.name}`);
  const operator = operators.find((one) => one === filter.operator);
  if (operator === undefined)
    return refuseInvalid(`Invalid input JSON: unknown operator ${JSON.stringify(filter.operator ?? null)}`);
  checkOperands(name, operator, filter);
  return {
    property,
    operator,
    value: textOf(name, filter.value),
    highValue: textOf(name, filter.highValue),
    values: filter.values === undefined ? [] : arrayOf(filter.values, 'values').map((value) => textOf(name, value)),
  };
}

function checkOperands(name: string, operator: Operator, filter: JsonObject): void {
  const isList = operator === 'IN' || operator === 'NOT_IN';
  const isUnary = operator === 'HAS_PROPERTY' || operator === 'NOT_HAS_PROPERTY';
  if (isUnary && filter.value !== undefined)
    refuseInvalid(`operator ${operator} does not take a value for property ${name}`);
  if (isList && (!Array.isArray(filter.values) || filter.values.length === 0))
    refuseInvalid(`operator ${operator} requires values`);
  if (!isList && !isUnary && filter.value === undefined)
    refuseInvalid(`operator ${operator} requires a value for property ${name}`);
  if (operator === 'BETWEEN' && filter.highValue === undefined) refuseInvalid('operator BETWEEN requires a highValue');
}

function textOf(name: string, value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : refuseInvalid(`Invalid input JSON: the value of ${name} must be a string`);
}

/** The tests of values that exist; what a record has no value for is kept only by NOT_HAS_PROPERTY. */
function compileFilter(filter: Filter): Keep {
  const { property, operator } = filter;
  const stored = (record: JsonObject): string | null => propertyValue(record, property.name);
  if (operator === 'HAS_PROPERTY') return (record) => stored(record) !== null;
  if (operator === 'NOT_HAS_PROPERTY') return (record) => stored(record) === null;
  const test = compileTest(filter);
  return (record) => {
    const value = stored(record);
    return value !== null && test(value);
  };
}

type Test = (value: string) => boolean;

function compileTest({ property, operator, value, highValue, values }: Filter): Test {
  const order = (bound: string): ((stored: string) => number) => compileOrder(property, bound);
  switch (operator) {
    case 'EQ':
      return compileEquals(property, value);
    case 'NEQ': {
      const equals = compileEquals(property, value);
      return (stored) => !equals(stored);
    }
    case 'IN':
      return compileIn(property, values);
    case 'NOT_IN': {
      const isIn = compileIn(property, values);
      return (stored) => !isIn(stored);
    }
    case 'CONTAINS_TOKEN':
      return compileToken(value);
    case 'NOT_CONTAINS_TOKEN': {
      const contains = compileToken(value);
      return (stored) => !contains(stored);
    }
    case 'BETWEEN': {
      const low = order(value);
      const high = order(highValue);
      return (stored) => low(stored) >= 0 && high(stored) <= 0;
    }
    default: {
      const compare = order(value);
      return (stored) => holds(operator, compare(stored));
    }
  }
}

function holds(operator: 'LT' | 'LTE' | 'GT' | 'GTE' | 'HAS_PROPERTY' | 'NOT_HAS_PROPERTY', order: number): boolean {
  if (operator === 'LT') return order < 0;
  if (operator === 'LTE') return order <= 0;
  return operator === 'GT' ? order > 0 : order >= 0;
}

const isChoice = (property: Property): boolean => property.type === 'enumeration';

/** Text compares without case; options of an enumeration with it, and one of several chosen options is enough. */
function compileEquals(property: Property, value: string): Test {
  if (isChoice(property)) return (stored) => stored === value || stored.split(';').includes(value);
  const compare = compileOrder(property, value);
  return (stored) => compare(stored) === 0;
}

/** On text the vendor compares the values as they are given with the value in lower case: they must come in lower case. */
function compileIn(property: Property, values: readonly string[]): Test {
  const isText = property.type === 'string' || property.type === 'phone_number';
  if (isText) return (stored) => values.includes(stored.toLowerCase());
  const tests = values.map((value) => compileEquals(property, value));
  return (stored) => tests.some((test) => test(stored));
}

/** Compares a stored value with a bound: negative, zero or positive; NaN, which meets no operator, when the value has no number. */
function compileOrder(property: Property, bound: string): (stored: string) => number {
  if (property.type === 'number') return numericOrder(property, bound, Number);
  if (property.type === 'datetime') return numericOrder(property, bound, instantOf);
  if (property.type === 'date') return numericOrder(property, bound, dayOf);
  const fold = isChoice(property) ? (text: string): string => text : (text: string): string => text.toLowerCase();
  const folded = fold(bound);
  return (stored) => (fold(stored) === folded ? 0 : fold(stored) < folded ? -1 : 1);
}

function numericOrder(property: Property, bound: string, read: (text: string) => number): (stored: string) => number {
  const limit = bound.trim() === '' ? Number.NaN : read(bound);
  if (Number.isNaN(limit))
    return refuseInvalid(`${bound} is not a valid ${property.type} value for property ${property.name}`);
  return (stored) => read(stored) - limit;
}

/** Milliseconds as text, or ISO 8601, which the vendor takes too. */
function instantOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
}

/** Dates compare by midnight UTC. */
function dayOf(text: string): number {
  const atMs = instantOf(text);
  return Math.floor(atMs / 86_400_000) * 86_400_000;
}

/** A word of the value, without case; `*` stands for any text, so `*@acme.example` finds a domain. */
function compileToken(value: string): Test {
  const wanted = value.toLowerCase();
  if (wanted.includes('*')) {
    const body = wanted.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    const pattern = new RegExp(`^${body.join('[\\s\\S]*')}$`, 'u');
    return (stored) => [stored.toLowerCase(), ...wordsOf(stored)].some((word) => pattern.test(word));
  }
  const words = wordsOf(wanted);
  return (stored) => {
    const present = wordsOf(stored);
    return stored.toLowerCase() === wanted || (words.length > 0 && words.every((word) => present.includes(word)));
  };
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
