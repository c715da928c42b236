import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RecordBook } from '../records.ts';
import { refuse } from './answers.ts';
import { customerStates, orderStatuses, productStatuses, type Resource } from './schema.ts';
import { instantAt } from './times.ts';

type Problems = Readonly<Record<string, string>>;

/**
 * The attributes that a create or update sets, from `{"order": {…}}`. Attributes that do not exist or cannot be written are ignored;
 * values that cannot be are refused with 422 and a list of texts by attribute.
 */
export function checkRecord(
  resource: Resource,
  body: JsonObject,
  book: RecordBook,
  ownId: string | undefined,
): JsonObject {
  const given = body[resource.singular];
  if (!isJsonObject(given)) return refuse(400, { [resource.singular]: 'Required parameter missing or invalid' });
  const record = Object.fromEntries(Object.entries(given).filter(([name]) => resource.writable.includes(name)));
  const problems = { ...typeProblems(record), ...problemsOf(resource, record, book, ownId) };
  if (Object.keys(problems).length > 0) {
    refuse(422, Object.fromEntries(Object.entries(problems).map(([name, problem]) => [name, [problem]])));
  }
  return record;
}

const texts = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'title',
  'vendor',
  'product_type',
  'handle',
  'tags',
  'note',
  'currency',
];
const lists = ['line_items', 'variants', 'options', 'images'];
const moneys = ['total_price', 'subtotal_price', 'total_tax'];

function typeProblems(record: JsonObject): Problems {
  const problems = Object.entries(record).flatMap(([name, value]): [string, string][] => {
    if (value === null) return [];
    if (texts.includes(name) && typeof value !== 'string') return [[name, 'must be a string']];
    if (lists.includes(name) && !(Array.isArray(value) && value.every(isJsonObject)))
      return [[name, 'expected Array to be a Hash']];
    if (moneys.includes(name) && !isMoney(value)) return [[name, 'is not a number']];
    return name.endsWith('_at') && instantAt(value) === undefined ? [[name, 'is invalid']] : [];
  });
  return Object.fromEntries(problems);
}

const isMoney = (value: Json): boolean => /^-?\d+(?:\.\d+)?$/.test(String(value)) && typeof value !== 'boolean';
const isBlank = (value: Json | undefined): boolean => value === undefined || value === null || value === '';
const isNot = (options: readonly string[], value: Json | undefined): boolean =>
  value !== undefined && value !== null && !options.includes(String(value));

function problemsOf(resource: Resource, record: JsonObject, book: RecordBook, ownId: string | undefined): Problems {
  const isCreate = ownId === undefined;
  const isCleared = (name: string): boolean => (isCreate || name in record) && isBlank(record[name]);
  if (resource.name === 'customers') return customerProblems(record, book, ownId);
  if (resource.name === 'products') {
    return {
      ...(isCleared('title') ? { title: "can't be blank" } : {}),
      ...(isNot(productStatuses, record.status) ? { status: 'is not included in the list' } : {}),
    };
  }
  const items = record.line_items;
  const hasNone = isCreate && !(Array.isArray(items) && items.length > 0);
  return {
    ...(hasNone ? { line_items: 'must have at least one line item' } : {}),
    ...(isNot(orderStatuses, record.financial_status) ? { financial_status: 'is not included in the list' } : {}),
    ...(isNot(['fulfilled', 'partial'], record.fulfillment_status)
      ? { fulfillment_status: 'is not included in the list' }
      : {}),
  };
}

function customerProblems(record: JsonObject, book: RecordBook, ownId: string | undefined): Problems {
  const { email } = record;
  const isNobody = ['email', 'phone', 'first_name', 'last_name'].every((name) => isBlank(record[name]));
  if (ownId === undefined && isNobody) return { base: 'Customer must have a name, phone number or email address' };
  if (isNot(customerStates, record.state)) return { state: 'is invalid' };
  if (typeof email !== 'string' || email === '') return {};
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(email)) return { email: 'is invalid' };
  const isTaken = book
    .list('customers', 'latest')
    .some(
      (stored) =>
        !stored.deleted && stored.id !== ownId && String(stored.record.email).toLowerCase() === email.toLowerCase(),
    );
  return isTaken ? { email: 'has already been taken' } : {};
}
