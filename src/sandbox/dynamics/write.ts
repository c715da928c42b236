import type { Json, JsonObject } from '../json.ts';
import { refuse } from './answers.ts';
import { parseInstant } from './dates.ts';
import { isGuid } from './ids.ts';
import { edmTypeOf } from './odata/edm.ts';
import { refuseColumn } from './odata/evaluate.ts';
import { type Column, findColumn, findSet, isLookup, type Table } from './schema.ts';

const refusePayload = (message: string): never =>
  refuse(400, '0x80048d19', `Error identified in Payload provided by the user for Entity :'', ${message}`);

/** Checks the columns of a create or update and answers them as they are stored; refuses what the vendor refuses. */
export function checkColumns(table: Table, given: JsonObject, isCreate: boolean): JsonObject {
  const checked = Object.entries(given)
    .filter(([name]) => !name.startsWith('@'))
    .map(([name, value]) => checkColumn(table, name, value));
  const row: JsonObject = Object.fromEntries(checked);
  const missing = isCreate
    ? table.columns.find((column) => column.required && (row[column.name] ?? '') === '')
    : undefined;
  if (missing !== undefined) refusePayload(`the column ${missing.name} of ${table.logicalName} must have a value.`);
  return row;
}

function checkColumn(table: Table, name: string, value: Json): readonly [string, Json] {
  if (name.endsWith('@odata.bind')) return bound(table, name.slice(0, -'@odata.bind'.length), value);
  const column = findColumn(table, name) ?? refuseColumn(table, name);
  if (isLookup(column)) refusePayload(`the lookup ${name} is set by @odata.bind only.`);
  if (!column.writable) refusePayload(`the column ${name} cannot be set.`);
  if (value !== null && !fits(column, value)) {
    refusePayload(`Cannot convert the literal '${String(value)}' to the expected type '${edmTypeOf(column)}'.`);
  }
  if (typeof value === 'string' && edmTypeOf(column) === 'Edm.String' && value.length > column.length) {
    refuse(
      400,
      '0x80044331',
      `A validation error occurred. The length of the '${name}' attribute of the '${table.logicalName}' entity exceeded the maximum allowed length of '${column.length}'.`,
    );
  }
  return [column.name, value];
}

/** `"parentcustomerid_account@odata.bind": "/accounts(guid)"`, or null to let go. */
function bound(table: Table, navigation: string, value: Json): readonly [string, Json] {
  const relation = table.relations.find((one) => one.navigation === navigation);
  if (relation === undefined) return refuseColumn(table, navigation);
  if (value === null) return [relation.column, null];
  const [, set = '', id = ''] = /([a-z_]+)\(([0-9a-f-]+)\)$/i.exec(String(value)) ?? [];
  if (findSet(set)?.logicalName !== relation.target || !isGuid(id.toLowerCase())) {
    refusePayload(`'${String(value)}' is no row that ${navigation} can point to.`);
  }
  return [relation.column, id.toLowerCase()];
}

function fits(column: Column, value: Json): boolean {
  const type = edmTypeOf(column);
  if (type === 'Edm.Boolean') return typeof value === 'boolean';
  if (type === 'Edm.Int32') return Number.isInteger(value);
  if (type === 'Edm.Decimal') return typeof value === 'number';
  if (typeof value !== 'string') return false;
  if (type === 'Edm.Guid') return isGuid(value);
  return type === 'Edm.Date' ? value.length === 10 && parseInstant(value) !== undefined : true;
}
