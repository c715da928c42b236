import type { Json, JsonObject } from '../json.ts';
import { nameOf, refuseColumn, type Source } from './odata/evaluate.ts';
import { type Column, findColumn, isLookup, type Table } from './schema.ts';
import { shape } from './shape.ts';

export const apiPath = '/api/data/v9.2';

/** The columns that $select names; every column without one. The key column always comes. */
export function selectedColumns(table: Table, select: string | undefined): readonly Column[] {
  if (select === undefined || select.trim() === '') return table.columns;
  const named = select.split(',').map((name) => findColumn(table, name.trim()) ?? refuseColumn(table, name.trim()));
  const key = table.columns.filter(({ name }) => name === table.idColumn);
  return [...new Set([...named, ...key])];
}

/** `$metadata#contacts(firstname,lastname)`, with what stands behind it. */
export function contextOf(origin: string, table: Table, select: string | undefined, ending = ''): string {
  const names = select === undefined || select.trim() === '' ? '' : `(${select.replaceAll(' ', '')})`;
  return `${origin}${apiPath}/$metadata#${table.setName}${names}${ending}`;
}

function formatted(column: Column, value: Json, source: Pick<Source, 'find'>): string | undefined {
  if (value === null) return undefined;
  if (isLookup(column)) return nameOf(column, value, source);
  if (column.type === 'MultiSelectPicklist') {
    return String(value)
      .split(',')
      .map((one) => column.labels[Number(one)] ?? one)
      .join('; ');
  }
  const label = column.labels[Number(value)];
  if (label !== undefined) return label;
  return typeof value === 'number' ? value.toLocaleString('en-US') : undefined;
}

function annotations(column: Column, value: Json, source: Pick<Source, 'find'>): JsonObject {
  const text = formatted(column, value, source);
  const target = isLookup(column)
    ? column.targets.find((one) => source.find(one, String(value)) !== undefined)
    : undefined;
  return {
    ...(text === undefined ? {} : { [`${column.name}@OData.Community.Display.V1.FormattedValue`]: text }),
    ...(target === undefined ? {} : { [`${column.name}@Microsoft.Dynamics.CRM.lookuplogicalname`]: target }),
  };
}

/** A row as answers show it; annotations only when they were asked for. */
export function showRow(
  table: Table,
  row: JsonObject,
  columns: readonly Column[],
  annotated: boolean,
  source: Pick<Source, 'find'>,
): JsonObject {
  const shown: JsonObject = Object.assign(
    {},
    ...columns.map((column): JsonObject => {
      const value = row[column.name] ?? null;
      return { ...(annotated ? annotations(column, value, source) : {}), [column.name]: value };
    }),
  );
  return { '@odata.etag': shape.version(table.logicalName, row), ...shown };
}
