import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RecordShape } from '../record-shape.ts';
import { findObjectType } from './schema.ts';

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** The properties of a record: text by name; what is absent has no value. */
export function propertiesOf(record: JsonObject): Readonly<Record<string, string>> {
  const properties = isJsonObject(record.properties) ? record.properties : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      value === null || value === '' ? [] : [[name, asText(value)]],
    ),
  );
}

/** Every value is text at this vendor, also what a person wrote into the file as a number or a boolean. */
function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const createdName = (object: string): string => findObjectType(object)?.created ?? 'createdate';
const modifiedName = (object: string): string => findObjectType(object)?.modified ?? 'hs_lastmodifieddate';

function stamped(object: string, record: JsonObject, createdAt: string, updatedAt: string): JsonObject {
  const id = textOf(record.id);
  const stamps = { [createdName(object)]: createdAt, hs_object_id: id, [modifiedName(object)]: updatedAt };
  const properties = { ...propertiesOf(record), ...stamps };
  const { archivedAt, ...rest } = record;
  return {
    ...rest,
    id,
    properties,
    createdAt,
    updatedAt,
    archived: archivedAt !== undefined,
    ...(archivedAt === undefined ? {} : { archivedAt }),
  };
}

/** HubSpot records: properties that are all text, stamps in milliseconds; an archived record keeps its stamps and gains one. */
export const shape: RecordShape = {
  id: (object, serial) => String((firstIds[object] ?? 0) + serial),
  isId: (_object, text) => /^[1-9]\d{0,15}$/.test(text),
  build: (object, id, given, atMs) => {
    const at = new Date(atMs).toISOString();
    const properties = propertiesOf(given);
    const createdAt = textOf(given.createdAt) || properties[createdName(object)] || at;
    const updatedAt = textOf(given.updatedAt) || properties[modifiedName(object)] || createdAt;
    return stamped(object, { ...given, id }, createdAt, updatedAt);
  },
  merge: (before, changes) => ({
    ...before,
    ...changes,
    properties: { ...propertiesOf(before), ...rawProperties(changes) },
  }),
  stamp: (object, before, after, atMs) => {
    const at = new Date(atMs).toISOString();
    const name = modifiedName(object);
    const own = [textOf(after.updatedAt), propertiesOf(after)[name] ?? ''];
    // Whoever changed either stamp meant it; else both move.
    const chosen = own.find((stamp) => stamp !== '' && stamp !== before.updatedAt) ?? at;
    const { archivedAt: _restored, ...live } = after;
    const createdAt = textOf(after.createdAt) || textOf(before.createdAt);
    return stamped(object, { ...live, id: before.id ?? null }, createdAt, chosen);
  },
  remove: (_object, before, atMs) => ({ ...before, archived: true, archivedAt: new Date(atMs).toISOString() }),
  version: (_object, record) => textOf(record.archivedAt) || textOf(record.updatedAt),
  modifiedAtMs: (_object, record) => Date.parse(textOf(record.updatedAt)),
};

/** Before the first id of each object, so that ids of different objects do not look alike. */
const firstIds: Readonly<Record<string, number>> = {
  contacts: 500,
  companies: 20_400,
  deals: 7_000,
  tickets: 91_000,
  p62515_bicycles: 310_000,
};

const rawProperties = (record: JsonObject): JsonObject => (isJsonObject(record.properties) ? record.properties : {});

/** The value of a property; null when it has none. Contacts mirror their modified stamp under the name the other objects use. */
export function propertyValue(record: JsonObject, name: string): string | null {
  const properties = rawProperties(record);
  const value = properties[name] ?? (name === 'hs_lastmodifieddate' ? properties.lastmodifieddate : undefined);
  // Stored records went through `stamped`, which leaves only text that is not empty.
  return typeof value === 'string' ? value : null;
}
