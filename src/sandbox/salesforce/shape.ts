import type { Json, JsonObject } from '../json.ts';
import type { RecordShape } from '../record-shape.ts';
import { parseDateTime, renderDateTime } from './dates.ts';
import { isRecordId, makeRecordId } from './ids.ts';
import { findSchema } from './schema.ts';

/** The user that every change is made by. */
export const systemUserId = makeRecordId('User', 1);

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Fields that the vendor works out from others. */
function computed(object: string, record: JsonObject): JsonObject {
  if (object === 'Contact' || object === 'Lead' || object === 'User') {
    return { Name: `${textOf(record.FirstName)} ${textOf(record.LastName)}`.trim() };
  }
  if (object === 'Opportunity') {
    const stage = textOf(record.StageName);
    const isClosed = stage.startsWith('Closed');
    const forecast = stage === 'Closed Lost' ? 'Omitted' : isClosed ? 'Closed' : 'Pipeline';
    return { IsClosed: isClosed, IsWon: stage === 'Closed Won', ForecastCategoryName: forecast };
  }
  if (object === 'Case') return { IsClosed: record.Status === 'Closed' };
  return {};
}

/** Every field of the object in its order: booleans default to false, empty text is null as the vendor stores it. */
function complete(object: string, record: JsonObject): JsonObject {
  const fields = findSchema(object)?.fields.filter((field) => field.type !== 'address') ?? [];
  const known = fields.map((field): [string, Json] => {
    const value = record[field.name];
    if (field.type === 'boolean') return [field.name, value === true];
    return [field.name, value === undefined || value === '' ? null : value];
  });
  const names = new Set(known.map(([name]) => name));
  const others = Object.entries(record).filter(([name]) => !names.has(name) && name !== 'attributes');
  return { ...Object.fromEntries(known), ...Object.fromEntries(others) };
}

/** Salesforce records: flat, with three stamps in whole seconds; a deleted one stays in the recycle bin with `IsDeleted`. */
export const shape: RecordShape = {
  id: makeRecordId,
  isId: isRecordId,
  build: (object, id, given, atMs) => {
    const at = renderDateTime(atMs);
    const created = given.CreatedDate ?? at;
    const record = {
      OwnerId: object === 'User' ? null : systemUserId,
      CreatedById: systemUserId,
      LastModifiedById: systemUserId,
      ...(object === 'Case'
        ? { CaseNumber: String(Number.parseInt(id.slice(9, 15), 36) % 100_000_000).padStart(8, '0') }
        : {}),
      ...given,
      Id: id,
      CreatedDate: created,
      LastModifiedDate: given.LastModifiedDate ?? created,
      SystemModstamp: given.SystemModstamp ?? given.LastModifiedDate ?? created,
    };
    return complete(object, { ...record, ...computed(object, record) });
  },
  merge: (before, changes) => ({ ...before, ...changes }),
  stamp: (object, before, after, atMs) => {
    const at = renderDateTime(atMs);
    const moved = (name: string): Json =>
      after[name] === before[name] || after[name] === undefined ? at : (after[name] ?? at);
    const closed =
      object === 'Case' && after.Status === 'Closed' && before.Status !== 'Closed' ? { ClosedDate: at } : {};
    return complete(object, {
      ...after,
      ...computed(object, after),
      ...closed,
      Id: before.Id ?? null,
      IsDeleted: false,
      CreatedDate: after.CreatedDate ?? before.CreatedDate ?? at,
      LastModifiedDate: moved('LastModifiedDate'),
      SystemModstamp: moved('SystemModstamp'),
    });
  },
  remove: (_object, before, atMs) => {
    const at = renderDateTime(atMs);
    return { ...before, IsDeleted: true, LastModifiedDate: at, SystemModstamp: at };
  },
  version: (_object, record) => textOf(record.SystemModstamp),
  modifiedAtMs: (_object, record) => parseDateTime(textOf(record.SystemModstamp)) ?? 0,
};
