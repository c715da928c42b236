import type { Json, JsonObject } from '../json.ts';
import type { RecordShape } from '../record-shape.ts';
import { parseInstant, renderDateTime } from './dates.ts';
import { isGuid, makeRecordId } from './ids.ts';
import { findTable } from './schema.ts';

/** The user that every change is made by. */
export const systemUserId = makeRecordId('systemuser', 1);

/** An organisation in use has counted many changes before. */
const firstVersion = 8_136_000;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const versionOf = (record: JsonObject): number | undefined =>
  typeof record.versionnumber === 'number' && Number.isSafeInteger(record.versionnumber)
    ? record.versionnumber
    : undefined;
const numbered = (change: number | undefined, before: JsonObject): number =>
  change === undefined ? (versionOf(before) ?? firstVersion) + 1 : firstVersion + change;

/**
 * Every column of the table in its order, with the ones the vendor works out; empty text is null as the vendor stores it.
 * All rows are in the base currency.
 */
function complete(object: string, record: JsonObject): JsonObject {
  const columns = findTable(object)?.columns ?? [];
  const fullname = `${textOf(record.firstname)} ${textOf(record.lastname)}`.trim();
  const known = columns.map(({ name, type }): [string, Json] => {
    if (name === 'fullname') return [name, fullname];
    const value = record[type === 'Money' ? name.replace(/_base$/, '') : name];
    if (type === 'Boolean') return [name, value === true];
    return [name, value === undefined || value === '' ? null : value];
  });
  const names = new Set(known.map(([name]) => name));
  return {
    ...Object.fromEntries(known),
    ...Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name))),
  };
}

/** A state that changes takes its first reason along, unless the change names another. */
function reasonOf(before: JsonObject, after: JsonObject): JsonObject {
  if (after.statecode === before.statecode || after.statuscode !== before.statuscode) return {};
  return { statuscode: after.statecode === 0 ? 1 : 2 };
}

/** Rows of a table: flat, two stamps in whole seconds, and the number of the change in the whole organisation. */
export const shape: RecordShape = {
  id: makeRecordId,
  isId: (_object, text) => isGuid(text),
  build: (object, id, given, atMs, change) => {
    const table = findTable(object);
    const created = given.createdon ?? renderDateTime(atMs);
    const defaults: JsonObject = {
      _ownerid_value: systemUserId,
      _createdby_value: systemUserId,
      _modifiedby_value: systemUserId,
      statecode: 0,
      statuscode: 1,
      ticketnumber: `CAS-${String(Number.parseInt(id.slice(0, 6), 16) % 100_000).padStart(5, '0')}-${id.slice(9, 13).toUpperCase()}`,
    };
    const own = Object.entries(defaults).filter(([name]) => table?.columns.some((column) => column.name === name));
    return complete(object, {
      ...Object.fromEntries(own),
      ...given,
      [table?.idColumn ?? 'id']: id,
      createdon: created,
      modifiedon: given.modifiedon ?? created,
      versionnumber: change === undefined ? (versionOf(given) ?? firstVersion) : firstVersion + change,
    });
  },
  merge: (before, changes) => ({ ...before, ...changes }),
  stamp: (object, before, after, atMs, change) => {
    const idColumn = findTable(object)?.idColumn ?? 'id';
    const isMoved = after.modifiedon !== undefined && after.modifiedon !== before.modifiedon;
    return complete(object, {
      ...after,
      ...reasonOf(before, after),
      [idColumn]: before[idColumn] ?? null,
      createdon: after.createdon ?? before.createdon ?? renderDateTime(atMs),
      modifiedon: isMoved ? (after.modifiedon ?? null) : renderDateTime(atMs),
      versionnumber: numbered(change, before),
    });
  },
  remove: (_object, before, atMs, change) => ({
    ...before,
    modifiedon: renderDateTime(atMs),
    versionnumber: numbered(change, before),
  }),
  version: (_object, record) => `W/"${versionOf(record) ?? 0}"`,
  changeOf: (record) => {
    const version = versionOf(record);
    return version === undefined ? undefined : version - firstVersion;
  },
  modifiedAtMs: (_object, record) => parseInstant(textOf(record.modifiedon)) ?? 0,
};
