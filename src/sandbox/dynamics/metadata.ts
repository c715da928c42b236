import { readHidden } from '../hidden.ts';
import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse, refuseQuery } from './answers.ts';
import { guidOf } from './ids.ts';
import { compileFilter, type Source } from './odata/evaluate.ts';
import { parseFilter } from './odata/parser.ts';
import { apiPath, selectedColumns } from './present.ts';
import { type Column, type ColumnType, findTable, isLookup, shownTable, type Table, tables } from './schema.ts';

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
  AttributeTypeName: 'Memo',
  AttributeOf: 'String',
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
  '@odata.type': `#Microsoft.Dynamics.CRM.${isLookup(column) ? 'Lookup' : column.type === 'DateOnly' ? 'DateTime' : column.type}AttributeMetadata`,
  MetadataId: guidOf(`metadata ${table.logicalName} ${column.name}`),
  LogicalName: column.logicalName,
  SchemaName: column.logicalName,
  EntityLogicalName: table.logicalName,
  AttributeType: typeName(column.type),
  AttributeTypeName: { Value: `${column.type === 'DateOnly' ? 'DateTime' : column.type}Type` },
  AttributeOf: null,
  IsPrimaryId: column.name === table.idColumn,
  IsPrimaryName: column.name === table.nameColumn,
  IsCustomAttribute: column.logicalName.startsWith('new_'),
  IsValidForRead: true,
  IsValidForCreate: column.writable,
  IsValidForUpdate: column.writable && column.name !== table.idColumn,
  DisplayName: labelled(column.logicalName),
  ...dateBehaviour(column.type),
});

/** Of the metadata of dates only, which $select of all attributes cannot name. */
function dateBehaviour(type: ColumnType): JsonObject {
  if (type !== 'DateTime' && type !== 'DateOnly') return {};
  const isDay = type === 'DateOnly';
  return {
    Format: isDay ? 'DateOnly' : 'DateAndTime',
    DateTimeBehavior: { Value: isDay ? 'DateOnly' : 'UserLocal' },
  };
}

function shown(meta: Table, row: JsonObject, query: Options): JsonObject {
  const names = selectedColumns(meta, query.$select).map(({ name }) => name);
  const type = row['@odata.type'];
  return {
    ...(type === undefined ? {} : { '@odata.type': type }),
    ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
    ...(query.$select === undefined ? row : {}),
  };
}

function filterOf(meta: Table, { $filter }: Options): (row: JsonObject) => boolean {
  const source: Source = { nowMs: 0, find: () => undefined, scan: () => [] };
  return $filter === undefined ? () => true : compileFilter(parseFilter($filter), meta, source);
}

/** The rows that $filter keeps, with the columns that $select names. */
export function listed(meta: Table, rows: readonly JsonObject[], query: Options): readonly JsonObject[] {
  return rows.filter(filterOf(meta, query)).map((row) => shown(meta, row, query));
}

const listedAttributes = (table: Table, query: Options): readonly JsonObject[] =>
  listed(
    attributes,
    table.columns.map((column) => describeColumn(table, column)),
    query,
  );

/** `$expand=Attributes`, or `Attributes($select=LogicalName;$filter=…)`; undefined when nothing is expanded. */
function readExpand(text: string | undefined): Options | undefined {
  if (text === undefined) return undefined;
  const [, name, options = ''] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  if (name !== 'Attributes')
    refuseQuery(`Could not find a property named '${name ?? text}' on type 'Microsoft.Dynamics.CRM.EntityMetadata'.`);
  const pairs = options
    .split(';')
    .filter((part) => part !== '')
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const);
  const unknown = pairs.find(([option]) => option !== '$select' && option !== '$filter');
  if (unknown !== undefined) refuseQuery(`Found an invalid option '${unknown[0]}' within the given '${options}'.`);
  return Object.fromEntries(pairs);
}

function showTable(table: Table, query: Options): JsonObject {
  const expanded = readExpand(query.$expand);
  const own = shown(entities, describeTable(table), query);
  return expanded === undefined ? own : { ...own, Attributes: listedAttributes(table, expanded) };
}

/** Answers `EntityDefinitions…`; undefined when the path is none of its paths. */
export function readMetadata(world: SandboxWorld, path: string, query: Options): JsonObject | undefined {
  const hidden = readHidden(world.faults.current.hidden);
  const [, name, rest = ''] = /^EntityDefinitions(?:\(LogicalName='([^']*)'\))?(\/Attributes)?$/.exec(path) ?? [];
  const context = `${world.origin()}${apiPath}/$metadata#EntityDefinitions`;
  if (path === 'EntityDefinitions') {
    const visible = tables.flatMap((one) => shownTable(one, hidden) ?? []);
    const keep = filterOf(entities, query);
    const value = visible.filter((one) => keep(describeTable(one))).map((one) => showTable(one, query));
    return { '@odata.context': context, value };
  }
  if (name === undefined) return undefined;
  const known = findTable(name);
  const table = known && shownTable(known, hidden);
  if (table === undefined) {
    return refuse(404, '0x80060888', `Could not find an entity with name ${name}`);
  }
  if (rest === '') return { '@odata.context': `${context}/$entity`, ...showTable(table, query) };
  return { '@odata.context': `${context}('${name}')/Attributes`, value: listedAttributes(table, query) };
}
