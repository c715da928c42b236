import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuseInvalid } from './answers.ts';
import { compileFilters } from './filter.ts';
import { namesOf, showRecord } from './present.ts';
import { findProperty, type ObjectType } from './schema.ts';
import { propertyValue } from './shape.ts';

const maxBodyLength = 3000;
const maxQueryLength = 3000;
const maxResults = 10_000;
const defaultLimit = 10;
const maxLimit = 200;

/** `POST …/search`: the filters, one sort rule, and pages by offset up to 10,000 results. Reads the index, which lags. */
export function search(world: SandboxWorld, type: ObjectType, bodyText: string, body: JsonObject): JsonObject {
  if (bodyText.length > maxBodyLength)
    refuseInvalid(`Request body is too long: at most ${maxBodyLength} characters are allowed`);
  const limit = pageSize(world, body.limit);
  const after = offsetOf(body.after);
  const { ignoreFilters, resultCap } = world.faults.current;
  const most = resultCap ?? maxResults;
  if (after + limit > most) refuseInvalid(`Search results are limited to ${most}: after + limit is ${after + limit}`);
  const filters = compileFilters(type, body);
  const found = world.book
    .list(type.name, 'indexed')
    .filter((stored) => !stored.deleted && (ignoreFilters || filters(stored.record)))
    .map((stored) => stored.record)
    .filter(fullText(type, body.query))
    .toSorted(compileSort(type, body.sorts));
  const names = namesOf(type, stringsOf(body.properties));
  const results = found.slice(after, after + limit).map((record) => showRecord(record, names));
  const next = after + limit;
  return {
    total: found.length,
    results,
    ...(next < found.length ? { paging: { next: { after: String(next) } } } : {}),
  };
}

function pageSize(world: SandboxWorld, given: Json | undefined): number {
  const limit = given === undefined || given === null ? defaultLimit : Number(given);
  if (!Number.isInteger(limit) || limit < 0)
    return refuseInvalid(`Invalid input JSON: limit must be an integer, got ${JSON.stringify(given)}`);
  if (limit > maxLimit) return refuseInvalid(`Invalid request: limit may be at most ${maxLimit}, got ${limit}`);
  return world.faults.current.pageSize ?? limit;
}

function offsetOf(given: Json | undefined): number {
  if (given === undefined || given === null || given === '') return 0;
  const isInteger =
    (typeof given === 'string' && /^\d+$/.test(given)) || (Number.isInteger(given) && Number(given) >= 0);
  return isInteger
    ? Number(given)
    : refuseInvalid(`Invalid request: after must be an integer, got ${JSON.stringify(given)}`);
}

function stringsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function fullText(type: ObjectType, query: Json | undefined): (record: JsonObject) => boolean {
  if (typeof query !== 'string' || query === '') return () => true;
  if (query.length > maxQueryLength)
    return refuseInvalid(`Invalid request: query may have at most ${maxQueryLength} characters`);
  const wanted = query.toLowerCase();
  return (record) =>
    type.searchable.some((name) => propertyValue(record, name)?.toLowerCase().includes(wanted) ?? false);
}

type Compare = (left: JsonObject, right: JsonObject) => number;

/** One rule only; records without the value come last, equal ones in order of creation. */
function compileSort(type: ObjectType, sorts: Json | undefined): Compare {
  if (sorts === undefined || sorts === null) return bySerial;
  if (!Array.isArray(sorts)) return refuseInvalid('Invalid input JSON: sorts must be an array');
  if (sorts.length > 1) return refuseInvalid(`Invalid request: only one sort is allowed, got ${sorts.length}`);
  const rule: Json = sorts[0];
  if (rule === undefined) return bySerial;
  const { propertyName, direction } = isJsonObject(rule) ? rule : { propertyName: rule };
  const property = typeof propertyName === 'string' ? findProperty(type, propertyName) : undefined;
  if (property === undefined)
    return refuseInvalid(`There was a problem with the request. Cannot sort by ${JSON.stringify(propertyName)}`);
  if (direction !== undefined && direction !== 'ASCENDING' && direction !== 'DESCENDING') {
    return refuseInvalid(`Invalid input JSON: unknown direction ${JSON.stringify(direction)}`);
  }
  const isNumber = property.type === 'number';
  const keyOf = (record: JsonObject): string | number | null => {
    const value = propertyValue(record, property.name);
    if (value === null) return null;
    return isNumber ? Number(value) : value.toLowerCase();
  };
  return (left, right) => {
    const one = keyOf(left);
    const other = keyOf(right);
    if (one === other) return bySerial(left, right);
    if (one === null || other === null) return one === null ? 1 : -1;
    return one < other === (direction !== 'DESCENDING') ? -1 : 1;
  };
}

const bySerial: Compare = (left, right) => Number(left.id) - Number(right.id);
