import type { Json, JsonObject } from '../../json.ts';
import { refuseQuery } from '../answers.ts';
import { type Column, findColumn, findTable, isLookup, type Table, tables } from '../schema.ts';
import type { Comparison, Filter, Path, SortRule } from './ast.ts';
import { compileCrmFunction } from './crm-function.ts';
import { type Comparable, checkTypes, comparable, compareBy, edmTypeOf, literalFor } from './edm.ts';
import { compilePattern } from './pattern.ts';

/** Where an expression finds other rows. */
export interface Source {
  readonly nowMs: number;
  find(table: string, id: string): JsonObject | undefined;
  scan(table: string): readonly JsonObject[];
}

type Test = (row: JsonObject) => boolean;
type Read = (row: JsonObject) => Json;

interface Reached {
  readonly column: Column;
  readonly read: Read;
}

/** What a path starts from: a table, and the lambda variables around it by name. */
interface Scope {
  readonly table: Table;
  readonly variable: string;
  readonly source: Source;
}

const opposite: Readonly<Record<Comparison, Comparison>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  le: 'gt',
  ge: 'lt',
  lt: 'ge',
};

/** Refuses a name that the table has not, in the words that callers look for. */
export const refuseColumn = (table: Table, name: string): never =>
  refuseQuery(`Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table.logicalName}'.`);

/** Checks a $filter against its table and answers the test that it does; refuses what the vendor refuses. */
export function compileFilter(filter: Filter, table: Table, source: Source): Test {
  return compile(filter, { table, variable: '', source }, false);
}

/**
 * The vendor's queries have no NOT of their own: it moves inward and turns each condition into its opposite, so a null passes
 * neither `gt` nor `not … gt`.
 */
function compile(filter: Filter, scope: Scope, negated: boolean): Test {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => compile(part, scope, negated));
      const needsAll = (filter.kind === 'and') !== negated;
      return (row) => (needsAll ? parts.every((part) => part(row)) : parts.some((part) => part(row)));
    }
    case 'not':
      return compile(filter.part, scope, !negated);
    case 'compare':
      return compileComparison(filter, scope, negated ? opposite[filter.operator] : filter.operator);
    case 'text': {
      const { column, read } = reach(filter.path, scope);
      if (edmTypeOf(column) !== 'Edm.String') {
        refuseQuery(
          `No function signature for the function with name '${filter.test}' matches the specified arguments.`,
        );
      }
      const test = compilePattern(filter.test, filter.text);
      return (row) => {
        const value = read(row);
        return (typeof value === 'string' && test(value)) !== negated;
      };
    }
    case 'crm': {
      const { column, read } = reach(filter.given.property, scope);
      const test = compileCrmFunction(filter.name, column, filter.given.values, scope.source.nowMs);
      return (row) => test(comparable(column, read(row))) !== negated;
    }
    default:
      return compileLambda(filter, scope, negated);
  }
}

function compileComparison(
  { left, right }: Extract<Filter, { kind: 'compare' }>,
  scope: Scope,
  operator: Comparison,
): Test {
  const one = reach(left, scope);
  const keyOf = ({ column, read }: Reached, row: JsonObject): Comparable => comparable(column, read(row));
  if (right.kind !== 'path') {
    const wanted = literalFor(one.column, operator, right);
    return (row) => compareBy(operator, keyOf(one, row), wanted);
  }
  const other = reach(right.path, scope);
  checkTypes(operator, edmTypeOf(one.column), edmTypeOf(other.column));
  return (row) => compareBy(operator, keyOf(one, row), keyOf(other, row));
}

function compileLambda(
  { kind, collection, variable, part }: Extract<Filter, { kind: 'any' | 'all' }>,
  scope: Scope,
  negated: boolean,
): Test {
  const [name = '', ...more] = own(collection, scope);
  const found = tables.flatMap((table) =>
    table.relations
      .filter((relation) => relation.collection === name && relation.target === scope.table.logicalName)
      .map((relation) => ({ table, relation })),
  );
  const [{ table, relation } = refuseColumn(scope.table, name)] = found;
  if (more.length > 0) return refuseColumn(table, more.join('/'));
  const test = part === undefined ? () => true : compile(part, { table, variable, source: scope.source }, false);
  return (row) => {
    const id = row[scope.table.idColumn] ?? '';
    const rows = scope.source.scan(table.logicalName).filter((other) => other[relation.column] === id);
    return (kind === 'any' ? rows.some(test) : rows.every(test)) !== negated;
  };
}

/** The path without the lambda variable that must stand before it. */
function own(path: Path, { table, variable }: Scope): Path {
  if (variable === '') return path;
  return path[0] === variable && path.length > 1 ? path.slice(1) : refuseColumn(table, path.join('/'));
}

function reach(path: Path, scope: Scope): Reached {
  const [name = '', ...more] = own(path, scope);
  if (more.length === 0) {
    const column = findColumn(scope.table, name) ?? refuseColumn(scope.table, name);
    return { column, read: (row) => row[name] ?? null };
  }
  const relation = scope.table.relations.find(({ navigation }) => navigation === name);
  const target = relation && findTable(relation.target);
  if (relation === undefined || target === undefined) return refuseColumn(scope.table, name);
  const { column, read } = reach(more, { table: target, variable: '', source: scope.source });
  return {
    column,
    read: (row) => {
      const parent = scope.source.find(relation.target, String(row[relation.column]));
      return parent === undefined ? null : read(parent);
    },
  };
}

/** One rule of an order: what a row is sorted by, and the way. */
export interface Order {
  readonly key: (row: JsonObject) => Comparable;
  readonly descending: boolean;
}

/** Checks an $orderby. Lookups sort by the name of what they point to; the key column always decides last. */
export function compileOrder(rules: readonly SortRule[], table: Table, source: Source): readonly Order[] {
  const orders = rules.map(({ path, descending }): Order => {
    const { column, read } = reach(path, { table, variable: '', source });
    if (!isLookup(column)) return { descending, key: (row) => comparable(column, read(row)) };
    return { descending, key: (row) => nameOf(column, read(row), source)?.toLowerCase() ?? null };
  });
  return [...orders, { descending: false, key: (row) => String(row[table.idColumn]) }];
}

/** The name of the row that a lookup points to. */
export function nameOf(column: Column, id: Json, source: Pick<Source, 'find'>): string | undefined {
  for (const target of column.targets) {
    const name = source.find(target, String(id))?.[findTable(target)?.nameColumn ?? ''];
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/** Compares two lists of keys by an order; nulls come first when ascending, as in SQL Server. */
export function compareKeys(
  orders: readonly Order[],
  left: readonly Comparable[],
  right: readonly Comparable[],
): number {
  for (const [index, { descending }] of orders.entries()) {
    const [one = null, other = null] = [left[index], right[index]];
    if (one === other) continue;
    const isBefore = one === null || (other !== null && one < other);
    return isBefore === descending ? 1 : -1;
  }
  return 0;
}
