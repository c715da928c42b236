import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RecordShape } from '../record-shape.ts';
import { parseDateTime, renderDateTime, renderDay } from './dates.ts';
import { findEntity } from './schema.ts';

/** Customers and vendors count in one table, transactions in another, so ids of different entities rarely meet. */
const counters: Readonly<Record<string, readonly [first: number, step: number]>> = {
  Customer: [1, 2],
  Vendor: [2, 2],
  Invoice: [101, 3],
  Bill: [102, 3],
  Payment: [103, 3],
};

/** The id of the n-th record of an entity. */
export function makeId(object: string, serial: number): string {
  const [first, step] = counters[object] ?? [1, 1];
  return String(first + (serial - 1) * step);
}

const structureOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Money in whole cents. */
export const cents = (value: number): number => Math.round(value * 100) / 100;

const linesOf = (record: JsonObject): readonly JsonObject[] =>
  (Array.isArray(record.Line) ? record.Line : []).filter(isJsonObject);

const isSubTotal = (line: JsonObject): boolean => line.DetailType === 'SubTotalLineDetail';

/** The lines as the vendor keeps them: numbered, and on an invoice with the sum as the last one. */
function completeLines(object: string, record: JsonObject): { readonly lines: readonly Json[]; readonly sum: number } {
  const own = linesOf(record).filter((line) => !isSubTotal(line));
  const sum = cents(own.reduce((all, line) => all + numberOf(line.Amount), 0));
  const numbered = own.map((line, index) => ({ Id: String(index + 1), LineNum: index + 1, ...line }));
  const subTotal = { Amount: sum, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} };
  return { lines: object === 'Invoice' ? [...numbered, subTotal] : numbered, sum };
}

/** What the vendor works out from the rest. */
function computed(object: string, record: JsonObject): JsonObject {
  if (object === 'Customer') return { FullyQualifiedName: record.DisplayName ?? '' };
  if (object === 'Item' || object === 'Account') return { FullyQualifiedName: record.Name ?? '' };
  if (object === 'Vendor') return {};
  if (object === 'Payment') {
    const applied = linesOf(record).reduce((all, line) => all + numberOf(line.Amount), 0);
    return { UnappliedAmt: Math.max(0, cents(numberOf(record.TotalAmt) - applied)) };
  }
  const { lines, sum } = completeLines(object, record);
  return { Line: lines, TotalAmt: sum, Balance: record.Balance ?? sum };
}

const currency = { value: 'USD', name: 'United States Dollar' };

function defaults(object: string, atMs: number): JsonObject {
  if (object === 'Customer')
    return { Active: true, Taxable: false, Job: false, Balance: 0, BalanceWithJobs: 0, CurrencyRef: currency };
  if (object === 'Vendor') return { Active: true, Vendor1099: false, Balance: 0, CurrencyRef: currency };
  if (object === 'Item') return { Active: true, Taxable: false, UnitPrice: 0, PurchaseCost: 0, TrackQtyOnHand: false };
  if (object === 'Account') return { Active: true, CurrentBalance: 0, CurrencyRef: currency };
  const common = { TxnDate: renderDay(atMs), CurrencyRef: currency };
  return object === 'Invoice' ? { ...common, EmailStatus: 'NotSet', PrintStatus: 'NeedToPrint' } : common;
}

const syncTokenOf = (record: JsonObject): number => Number.parseInt(textOf(record.SyncToken), 10) || 0;
const stampOf = (record: JsonObject): Json | undefined => structureOf(record.MetaData).LastUpdatedTime;

const nextVersion = (record: JsonObject, before: JsonObject, at: string): JsonObject => ({
  ...record,
  SyncToken: String(syncTokenOf(before) + 1),
  MetaData: { ...structureOf(before.MetaData), LastUpdatedTime: at },
});

const deletedMark = ' (deleted)';

/** A name-list record as it is when it is made inactive: its name makes room for a new one. */
export function deactivate(object: string, record: JsonObject): JsonObject {
  const title = findEntity(object)?.title ?? '';
  const name = textOf(record[title]);
  const after = { ...record, Active: false, [title]: name.endsWith(deletedMark) ? name : name + deletedMark };
  return { ...after, ...computed(object, after) };
}

/** QuickBooks records: nested, with a counter for the version and two stamps in whole seconds; what is empty is absent. */
export const shape: RecordShape = {
  id: makeId,
  isId: (_object, text) => /^[1-9]\d{0,14}$/.test(text),
  build: (object, id, given, atMs) => {
    const metaData = structureOf(given.MetaData);
    const created = metaData.CreateTime ?? renderDateTime(atMs);
    const record = {
      Id: id,
      SyncToken: '0',
      domain: 'QBO',
      sparse: false,
      ...defaults(object, atMs),
      ...given,
    };
    return {
      ...record,
      ...computed(object, record),
      Id: id,
      MetaData: { ...metaData, CreateTime: created, LastUpdatedTime: metaData.LastUpdatedTime ?? created },
    };
  },
  merge: (before, changes) =>
    Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null && value !== '')),
  stamp: (object, before, after, atMs) => {
    const { status: _status, ...live } = after;
    // A new sum moves what is still open by as much; a balance that was set stays.
    const { sum } = completeLines(object, after);
    const isOpen = (object === 'Invoice' || object === 'Bill') && after.Balance === before.Balance;
    const opened = cents(Math.max(0, numberOf(before.Balance) + sum - numberOf(before.TotalAmt)));
    const record = isOpen ? { ...live, Balance: opened } : live;
    const given = stampOf(after);
    const isSet = typeof given === 'string' && given !== stampOf(before);
    const next = nextVersion({ ...record, ...computed(object, record) }, before, isSet ? given : renderDateTime(atMs));
    return after.SyncToken === before.SyncToken
      ? next
      : { ...next, SyncToken: after.SyncToken ?? next.SyncToken ?? '0' };
  },
  remove: (object, before, atMs) => {
    const gone =
      findEntity(object)?.kind === 'nameList' ? deactivate(object, before) : { ...before, status: 'Deleted' };
    return nextVersion(gone, before, renderDateTime(atMs));
  },
  version: (_object, record) => textOf(record.SyncToken),
  modifiedAtMs: (_object, record) => parseDateTime(textOf(stampOf(record))) ?? 0,
};
