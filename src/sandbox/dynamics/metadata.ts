import type { JsonObject } from '../json.ts';
import { refuse } from './answers.ts';
import { guidOf } from './ids.ts';
import { compileFilter, type Source } from './odata/evaluate.ts';
import { parseFilter } from './odata/parser.ts';
import { apiPath, selectedColumns } from './present.ts';
import { type Column, type ColumnType, findTable, isLookup, type Table, tables } from './schema.ts';

type Options = Readonly<Record<string, string>>;

/** A table of metadata looks like any other, so that $select and $filter read it in the same way. */
export function metaTable(logicalName: string, columns: Readonly<Record<string, ColumnType>>): Table {
  return {
    logicalName,
    setName: logicalName,
    idColumn: 'MetadataId',
    nameColumn: 'LogicalName',
    label: logicalName,
    isChangeTracked: false,
    relations: [],
    columns: Object.entries({ MetadataId: 'Uniqueidentifier' as const, ...columns }).map(
      ([name, type]): Column => ({
        logicalName: name,
        name,
        type,
        writable: false,
        required: false,
        length: 0,
        labels: {},
        targets: [],
      }),
    ),
  };
}

const entities = metaTable('EntityMetadata', {
  LogicalName: 'String',
  SchemaName: 'String',
  EntitySetName: 'String',
  LogicalCollectionName: 'String',
  PrimaryIdAttribute: 'String',
  PrimaryNameAttribute: 'String',
  ChangeTrackingEnabled: 'Boolean',
  IsCustomEntity: 'Boolean',
  DisplayName: 'Memo',
});
const attributes = metaTable('AttributeMetadata', {
  LogicalName: 'String',
  SchemaName: 'String',
  EntityLogicalName: 'String',
  AttributeType: 'String',
  IsPrimaryId: 'Boolean',
  IsPrimaryName: 'Boolean',
  IsCustomAttribute: 'Boolean',
  IsValidForRead: 'Boolean',
  IsValidForCreate: 'Boolean',
  IsValidForUpdate: 'Boolean',
  DisplayName: 'Memo',
});

const labelled = (text: string): JsonObject => ({ UserLocalizedLabel: { Label: text, LanguageCode: 1033 } });

const describeTable = (table: Table): JsonObject => ({
  MetadataId: guidOf(`metadata ${table.logicalName}`),
  LogicalName: table.logicalName,
  SchemaName: table.logicalName,
  EntitySetName: table.setName,
  LogicalCollectionName: table.setName,
  PrimaryIdAttribute: table.idColumn,
  PrimaryNameAttribute: table.nameColumn,
  ChangeTrackingEnabled: table.isChangeTracked,
  IsCustomEntity: table.logicalName.startsWith('new_'),
  DisplayName: labelled(table.label),
});

function typeName(type: ColumnType): string {
  if (type === 'DateOnly') return 'DateTime';
  return type === 'MultiSelectPicklist' ? 'Virtual' : type;
}

const describeColumn = (table: Table, column: Column): JsonObject => ({
  '@odata.type': `#Microsoft.Dynamics.CRM.${isLookup(column) ? 'Lookup' : column.type}AttributeMetadata`,
  MetadataId: guidOf(`metadata ${table.logicalName} ${column.name}`),
  LogicalName: column.logicalName,
  SchemaName: column.logicalName,
  EntityLogicalName: table.logicalName,
  AttributeType: typeName(column.type),
  IsPrimaryId: column.name === table.idColumn,
  IsPrimaryName: column.name === table.nameColumn,
  IsCustomAttribute: column.logicalName.startsWith('new_'),
  IsValidForRead: true,
  IsValidForCreate: column.writable,
  IsValidForUpdate: column.writable && column.name !== table.idColumn,
  DisplayName: labelled(column.logicalName),
});

function shown(meta: Table, row: JsonObject, query: Options): JsonObject {
  const names = selectedColumns(meta, query.$select).map(({ name }) => name);
  const type = row['@odata.type'];
  return {
    ...(type === undefined ? {} : { '@odata.type': type }),
    ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
  };
}

/** The rows that $filter keeps, with the columns that $select names. */
export function listed(meta: Table, rows: readonly JsonObject[], query: Options): readonly JsonObject[] {
  const source: Source = { nowMs: 0, find: () => undefined, scan: () => [] };
  const keep = query.$filter === undefined ? () => true : compileFilter(parseFilter(query.$filter), meta, source);
  return rows.filter(keep).map((row) => shown(meta, row, query));
}

/** Answers `EntityDefinitions…`; undefined when the path is none of its paths. */
export function readMetadata(origin: string, path: string, query: Options): JsonObject | undefined {
  const [, name, rest = ''] = /^EntityDefinitions(?:\(LogicalName='([^']*)'\))?(\/Attributes)?$/.exec(path) ?? [];
  const context = `${origin}${apiPath}/$metadata#EntityDefinitions`;
  if (path === 'EntityDefinitions') {
    return { '@odata.context': context, value: listed(entities, tables.map(describeTable), query) };
  }
  if (name === undefined) return undefined;
  const table = findTable(name);
  if (table === undefined) {
    return refuse(404, '0x80060888', `Could not find an entity with name ${name}`);
  }
  if (rest === '') return { '@odata.context': `${context}/$entity`, ...shown(entities, describeTable(table), query) };
  const columns = table.columns.map((column) => describeColumn(table, column));
  return { '@odata.context': `${context}('${name}')/Attributes`, value: listed(attributes, columns, query) };
}
