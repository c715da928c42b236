import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse, refuseMissing, refuseOperation, refuseProperty } from './answers.ts';
import { type Entity, findEntity, type Property } from './schema.ts';
import { deactivate, textOf } from './shape.ts';
import { findVisible, listVisible } from './visible.ts';

export type Operation = 'save' | 'delete' | 'void';

/** Creates, updates, deletes or voids one record, and answers it as it is then, or the stub of a deleted one. */
export function write(world: SandboxWorld, entity: Entity, operation: Operation, given: JsonObject): JsonObject {
  if (operation === 'save' && given.Id === undefined) return create(world, entity, given);
  const before = current(world, entity, given);
  if (operation === 'delete') return remove(world, entity, before);
  if (operation === 'void') return voidTransaction(world, entity, before);
  return update(world, entity, before, given);
}

/** Refuses that no record of this id is there. */
export function refuseUnknown(id: string): never {
  return refuse(
    '610',
    'Object Not Found',
    `Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees. Id=${id}`,
  );
}

/** The record that a write is about; its SyncToken must be the newest. */
function current(world: SandboxWorld, entity: Entity, given: JsonObject): JsonObject {
  const id = given.Id === undefined ? refuseMissing('Id') : textOf(given.Id);
  const before = findVisible(world.book, entity, id, 'latest') ?? refuseUnknown(id);
  if (given.SyncToken === undefined) refuseMissing('SyncToken');
  if (given.SyncToken !== before.SyncToken) {
    refuse(
      '5010',
      'Stale Object Error',
      'Stale Object Error : You and another user were working on this at the same time. The other user finished before you did, so your work was not saved.',
    );
  }
  return before;
}

function create(world: SandboxWorld, entity: Entity, given: JsonObject): JsonObject {
  const checked = laidOver({}, checkProperties(entity, given));
  checkWhole(world, entity, checked, undefined);
  return world.book.create(entity.name, checked).record;
}

function update(world: SandboxWorld, entity: Entity, before: JsonObject, given: JsonObject): JsonObject {
  const checked = checkProperties(entity, given);
  // Without `sparse` the request is the whole record: what it leaves out is emptied.
  const emptied = given.sparse === true ? {} : emptyOf(entity, before);
  const isLeaving = checked.Active === false && before.Active !== false;
  const whole = laidOver(before, { ...emptied, ...checked });
  checkWhole(world, entity, whole, textOf(before.Id));
  return store(world, entity, before, isLeaving ? deactivate(entity.name, whole) : { ...emptied, ...checked });
}

/** What a record is with changes laid over it: what is set to nothing is gone. */
const laidOver = (before: JsonObject, changes: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null && value !== ''));

/** Top-level properties that a client writes, each set to nothing. */
function emptyOf(entity: Entity, before: JsonObject): JsonObject {
  const kept = new Set([
    'MetaData',
    'Active',
    'CurrencyRef',
    ...entity.properties.flatMap((one) => (one.readOnly ? [one.name] : [])),
  ]);
  return Object.fromEntries(Object.keys(before).flatMap((name) => (kept.has(name) ? [] : [[name, null]])));
}

function store(world: SandboxWorld, entity: Entity, before: JsonObject, changes: JsonObject): JsonObject {
  const id = textOf(before.Id);
  const stored = world.book.update(entity.name, id, changes);
  if (stored !== undefined) return stored.record;
  // A name-list record that was removed outside the API is still there, inactive, and can be brought back.
  world.book.adopt([{ object: entity.name, id, action: 'update', record: laidOver(before, changes) }]);
  return findVisible(world.book, entity, id, 'latest') ?? refuseUnknown(id);
}

function remove(world: SandboxWorld, entity: Entity, before: JsonObject): JsonObject {
  if (entity.kind === 'nameList') return refuseOperation('DELETE');
  world.book.remove(entity.name, textOf(before.Id));
  return { domain: 'QBO', status: 'Deleted', Id: before.Id ?? null };
}

/** A voided transaction stays with nothing to pay. */
function voidTransaction(world: SandboxWorld, entity: Entity, before: JsonObject): JsonObject {
  if (entity.voidBy === undefined) return refuseOperation('VOID');
  const lines = (Array.isArray(before.Line) ? before.Line : []).filter(isJsonObject);
  const emptied = lines.map((line) => ({ ...line, Amount: 0, LinkedTxn: [] }));
  const rest = entity.name === 'Payment' ? { Line: [], TotalAmt: 0 } : { Line: emptied, Balance: 0 };
  return store(world, entity, before, { ...rest, PrivateNote: 'Voided' });
}

/** The properties of a request that a client may set; refuses those that the entity does not have or that have a wrong type. */
function checkProperties(entity: Entity, given: JsonObject): JsonObject {
  const known = new Map(entity.properties.map((one) => [one.name.split('.')[0] ?? '', one]));
  const checked = Object.entries(given).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
    const property =
      known.get(name) ?? refuseProperty(`Property Name:${name} specified is unsupported or invalid`, name);
    if (property.readOnly) return [];
    if (!fits(property, value)) refuseProperty(`Property Name:${name} has a value of a wrong type`, name);
    return [[name, value]];
  });
  return Object.fromEntries(checked);
}

function fits({ type }: Property, value: Json): boolean {
  if (value === null) return true;
  if (type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'reference') return isJsonObject(value) && typeof value.value === 'string';
  if (type === 'structure') return typeof value === 'object';
  return typeof value === 'string' && (type !== 'date' || value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value));
}

/** What must hold of a record as it will be: what is required is there, the name is free, references lead somewhere. */
function checkWhole(world: SandboxWorld, entity: Entity, record: JsonObject, ownId: string | undefined): void {
  for (const name of entity.required) {
    const value = record[name];
    const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (isEmpty) refuseMissing(name);
  }
  checkName(world, entity, record, ownId);
  for (const [name, target] of Object.entries(entity.references)) {
    const reference = record[name];
    const pointed = findEntity(target);
    if (!isJsonObject(reference) || pointed === undefined) continue;
    if (findVisible(world.book, pointed, textOf(reference.value), 'latest') === undefined) {
      refuse(
        '2500',
        'Invalid Reference Id',
        `Invalid Reference Id : ${name} ${textOf(reference.value)} not found`,
        name,
      );
    }
  }
}

function checkName(world: SandboxWorld, entity: Entity, record: JsonObject, ownId: string | undefined): void {
  const { title, namespace } = entity;
  if (title === undefined || namespace === undefined) return;
  const wanted = textOf(record[title]).toLowerCase();
  if (/[:\t\n]/.test(wanted)) refuseProperty(`${title} must not hold a colon, a tab or a line break`, title);
  for (const name of ['Account', 'Customer', 'Vendor', 'Item']) {
    const other = findEntity(name);
    if (other === undefined || other.namespace !== namespace) continue;
    const taken = listVisible(world.book, other).find(
      (one) =>
        textOf(one[other.title ?? '']).toLowerCase() === wanted && !(other.name === entity.name && one.Id === ownId),
    );
    if (taken !== undefined) {
      refuse('6240', 'Duplicate Name Exists Error', `The name supplied already exists. : Id=${textOf(taken.Id)}`);
    }
  }
}
