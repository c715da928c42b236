import type { Json } from '../../json.ts';
import { refuseQuery } from '../answers.ts';
import { parseInstant } from '../dates.ts';
import { isGuid } from '../ids.ts';
import type { Column, ColumnType } from '../schema.ts';
import type { Comparison, Literal } from './ast.ts';

const edmTypes: Readonly<Record<ColumnType, string>> = {
  Uniqueidentifier: 'Edm.Guid', Lookup: 'Edm.Guid', Customer: 'Edm.Guid', Owner: 'Edm.Guid', String: 'Edm.String', Memo: 'Edm.String',
  MultiSelectPicklist: 'Edm.String', Integer: 'Edm.Int32', Picklist: 'Edm.Int32', State: 'Edm.Int32', Status: 'Edm.Int32',
  BigInt: 'Edm.Int64', Decimal: 'Edm.Decimal', Money: 'Edm.Decimal', Boolean: 'Edm.Boolean', DateTime: 'Edm.DateTimeOffset',
  DateOnly: 'Edm.Date',
}; // biome-ignore format: a list to read, not to scan

const numeric = new Set(['Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double']);
const kinds: Readonly<Record<Comparison, string>> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
};

export const edmTypeOf = (column: Pick<Column, 'type'>): string => edmTypes[column.type];

/** A value in the form in which it is compared: instants in milliseconds, text in lower case. */
export type Comparable = string | number | boolean | null;

/** The stored value in comparable form; the vendor compares text without case. */
export function comparable(column: Pick<Column, 'type'>, value: Json | undefined): Comparable {
  const isTime = column.type === 'DateTime' || column.type === 'DateOnly';
  if (typeof value === 'string') return isTime ? (parseInstant(value) ?? null) : value.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function literalType(literal: Literal): string {
  if (literal.kind === 'string') return 'Edm.String';
  if (literal.kind === 'guid') return 'Edm.Guid';
  if (literal.kind === 'instant') return literal.isDay ? 'Edm.Date' : 'Edm.DateTimeOffset';
  if (literal.kind === 'boolean') return 'Edm.Boolean';
  return literal.kind === 'number' && /^-?\d+$/.test(literal.text) ? 'Edm.Int32' : 'Edm.Decimal';
}

/** Checks that two operands can be compared, by their types; refuses as the vendor's reader does. */
export function checkTypes(operator: Comparison, left: string, right: string): void {
  const fits =
    left === right ||
    (numeric.has(left) && numeric.has(right)) ||
    // A day stands for its midnight where an instant is wanted.
    (left === 'Edm.DateTimeOffset' && right === 'Edm.Date');
  if (fits) return;
  refuseQuery(
    `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${kinds[operator]}'.`,
  );
}

/** The literal in comparable form, if the column takes it. */
export function literalFor(column: Column, operator: Comparison, literal: Literal): Comparable {
  if (literal.kind === 'null') return null;
  const type = edmTypeOf(column);
  // A GUID in quotes is tolerated, as the documentation's own samples write it.
  const isQuotedGuid = type === 'Edm.Guid' && literal.kind === 'string' && /^[0-9a-f-]{36}$/i.test(literal.text);
  if (!isQuotedGuid) checkTypes(operator, type, literalType(literal));
  if (literal.kind === 'instant') return literal.atMs;
  return 'value' in literal ? literal.value : literal.text.toLowerCase();
}

/** An argument of a Dataverse function, always text, read as the column's type. */
export function argumentFor(column: Column, text: string): Comparable {
  const type = edmTypeOf(column);
  const lower = text.toLowerCase();
  if (type === 'Edm.String' || (type === 'Edm.Guid' && isGuid(lower))) return lower;
  if (type === 'Edm.Boolean') return text === 'true' || text === '1';
  const value = numeric.has(type) ? Number(text) : (parseInstant(text) ?? Number.NaN);
  return Number.isNaN(value) || text.trim() === ''
    ? refuseQuery(`The value '${text}' is not valid for the column '${column.name}' of type '${type}'.`)
    : value;
}

/** Compares as SQL does: null takes part in eq and ne only, where ne holds for it. */
export function compareBy(operator: Comparison, left: Comparable, right: Comparable): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === null || right === null) return false;
  if (operator === 'gt') return left > right;
  if (operator === 'ge') return left >= right;
  return operator === 'lt' ? left < right : left <= right;
}
