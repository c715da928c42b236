import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { refuse } from '../answers.ts';
import { parseDateTime, parseDay } from '../dates.ts';
import { type Entity, findEntity, findProperty, type Property } from '../schema.ts';
import type { Criterion, SortRule, Statement, Value } from './ast.ts';

/** A statement checked against the entities. */
export interface Plan {
  readonly entity: Entity;
  readonly isCount: boolean;
  readonly keep: (record: JsonObject) => boolean;
  /** Inactive records of a name list may show. */
  readonly asksForActive: boolean;
  readonly compare: (left: JsonObject, right: JsonObject) => number;
  /** Counted from 1. */
  readonly startPosition: number;
  readonly maxResults: number;
}

type Comparable = string | number | boolean;

const defaultPage = 100;
const maxPage = 1000;

function refuseInvalid(detail: string): never {
  return refuse('4001', 'Invalid query', `QueryValidationError: ${detail}`);
}

/** Checks a parsed statement and prepares it to run; refuses with 4001 what the entity does not have or cannot do. */
export function planStatement(statement: Statement): Plan {
  const entity = findEntity(statement.entity) ?? refuseInvalid(`Metadata not found for Entity: ${statement.entity}`);
  for (const name of statement.properties) propertyOf(entity, name);
  const criteria = statement.criteria.map((criterion) => compileCriterion(entity, criterion));
  const { startPosition = 1, maxResults = defaultPage } = statement;
  if (!Number.isInteger(startPosition) || startPosition < 1)
    refuseInvalid('startPosition must be a whole number from 1');
  // The vendor's page says 1000; whether more is refused or cut is not documented, so nobody may rely on either.
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > maxPage)
    refuseInvalid(`maxResults must be a whole number from 1 to ${maxPage}`);
  return {
    entity,
    isCount: statement.isCount,
    keep: (record) => criteria.every((test) => test(record)),
    asksForActive: statement.criteria.some(({ property }) => property === 'Active'),
    compare: compileSort(entity, statement.orderBy),
    startPosition,
    maxResults,
  };
}

function propertyOf(entity: Entity, name: string): Property {
  return findProperty(entity, name) ?? refuseInvalid(`Property ${name} not found for Entity ${entity.name}`);
}

function compileCriterion(entity: Entity, criterion: Criterion): (record: JsonObject) => boolean {
  const property = propertyOf(entity, criterion.property);
  if (!property.filterable) refuseInvalid(`Property ${property.name} is not filterable for Entity ${entity.name}`);
  const test =
    criterion.comparator === 'LIKE' ? compileLike(property, criterion) : compileComparison(property, criterion);
  return (record) => {
    const value = valueAt(record, property);
    return value !== undefined && test(value);
  };
}

function compileLike(property: Property, { values }: Criterion): (value: Comparable) => boolean {
  const [pattern] = values;
  if (property.type !== 'string' || pattern?.kind !== 'text')
    return refuseInvalid(`Operator LIKE is not supported for Property ${property.name}`);
  const pieces = pattern.text.toLowerCase().split('%');
  return (value) => matchesPieces(String(value), pieces);
}

/** Whether a text is the pieces in their order with anything between; never slower than the text is long for each piece. */
function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function compileComparison(property: Property, { comparator, values }: Criterion): (value: Comparable) => boolean {
  const given = values.map((value) => comparable(property, value));
  if (comparator === 'IN') {
    const wanted = new Set(given);
    return (value) => wanted.has(value);
  }
  const [other = ''] = given;
  switch (comparator) {
    case '=':
      return (value) => value === other;
    case '<':
      return (value) => value < other;
    case '<=':
      return (value) => value <= other;
    case '>':
      return (value) => value > other;
    default:
      return (value) => value >= other;
  }
}

/** A value of a statement as the property's own values compare; refuses one of another type. */
function comparable(property: Property, value: Value): Comparable {
  if (property.type === 'boolean' && value.kind === 'boolean') return value.value;
  if (property.type === 'number' && value.kind === 'number') return value.value;
  const meant = value.kind === 'text' && property.type !== 'boolean' ? read(property, value.text) : undefined;
  const shown = value.kind === 'text' ? value.text : String(value.value);
  return meant ?? refuseInvalid(`Value ${shown} is not valid for Property ${property.name} of type ${property.type}`);
}

/** A text as its property's type compares; undefined when it is none of that type. Text compares without case. */
function read(property: Property, text: string): Comparable | undefined {
  if (property.type === 'number' || property.type === 'id')
    return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (property.type === 'datetime') return parseDateTime(text);
  if (property.type === 'date') return parseDay(text) === undefined ? undefined : text;
  return text.toLowerCase();
}

/** A record's value as it compares; undefined when the record has none. */
function valueAt(record: JsonObject, property: Property): Comparable | undefined {
  let here: Json | undefined = record;
  for (const name of property.name.split('.')) here = isJsonObject(here) ? here[name] : undefined;
  if (property.type === 'reference') here = isJsonObject(here) ? here.value : undefined;
  if (typeof here === 'number' || typeof here === 'boolean') return here;
  return typeof here === 'string' ? read(property, here) : undefined;
}

function compileSort(entity: Entity, rules: readonly SortRule[]): Plan['compare'] {
  const sorts = rules.map((rule) => {
    const property = propertyOf(entity, rule.property);
    if (!property.sortable) refuseInvalid(`Property ${property.name} is not sortable for Entity ${entity.name}`);
    return { property, sign: rule.descending ? -1 : 1 };
  });
  return (left, right) => {
    for (const { property, sign } of sorts) {
      const one = valueAt(left, property);
      const other = valueAt(right, property);
      if (one === other) continue;
      if (one === undefined || other === undefined) return one === undefined ? -sign : sign;
      return one < other ? -sign : sign;
    }
    return Number(left.Id) - Number(right.Id);
  };
}
