import type { Json, JsonObject } from '../json.ts';
import { findProperty, type ObjectType } from './schema.ts';
import { propertyValue } from './shape.ts';

/** The properties an answer shows: those asked for that exist, and always the stamps and the id. */
export function namesOf(type: ObjectType, asked: readonly string[]): readonly string[] {
  const known = asked.filter((name) => findProperty(type, name) !== undefined);
  const chosen = asked.length === 0 ? type.defaults : [...known, type.created, type.modified, 'hs_object_id'];
  return [...new Set(chosen)].toSorted();
}

/** A record as every answer shows it: each property is text or null. */
export function showRecord(record: JsonObject, names: readonly string[]): JsonObject {
  const { id = null, createdAt = null, updatedAt = null, archived = false, archivedAt } = record;
  const properties = Object.fromEntries(names.map((name): [string, Json] => [name, propertyValue(record, name)]));
  return { id, properties, createdAt, updatedAt, archived, ...(archivedAt === undefined ? {} : { archivedAt }) };
}
