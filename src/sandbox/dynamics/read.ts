import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuseQuery } from './answers.ts';
import { linkWith, readCookie, renderCookie } from './cookie.ts';
import type { Comparable } from './odata/edm.ts';
import { compareKeys, compileFilter, compileOrder, type Source } from './odata/evaluate.ts';
import { parseFilter, parseOrderBy } from './odata/parser.ts';
import type { Preferences } from './preferences.ts';
import { contextOf, selectedColumns, showRow } from './present.ts';
import type { Table } from './schema.ts';

export const maxPage = 5000;
const known = new Set(['$select', '$filter', '$orderby', '$top', '$count', '$skiptoken', '$deltatoken']);
const refused: Readonly<Record<string, string>> = {
  $skip: 'Skip Clause is not supported in CRM',
  $search: "The query parameter '$search' is not supported.",
  $expand: 'The sandbox does not simulate $expand.',
  $apply: 'The sandbox does not simulate $apply.',
};

/** One read of a table, as it was asked for. */
export interface ReadRequest {
  readonly table: Table;
  readonly query: Readonly<Record<string, string>>;
  readonly url: string;
  readonly preferences: Preferences;
}

/** Rows that the caller can see: committed, not deleted. */
export function sourceOf(world: SandboxWorld): Source {
  const { book } = world;
  return {
    nowMs: world.clock.now(),
    find: (table, id) => {
      const stored = book.find(table, id, 'committed');
      return stored === undefined || stored.deleted ? undefined : stored.record;
    },
    scan: (table) => book.list(table, 'committed').flatMap(({ record, deleted }) => (deleted ? [] : [record])),
  };
}

/** Refuses options that the vendor has not. */
export function checkOptions(query: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(query).filter((one) => one.startsWith('$') && !known.has(one))) {
    refuseQuery(refused[name] ?? `The query parameter '${name}' is not supported.`);
  }
}

export const pageSizeOf = (world: SandboxWorld, preferences: Preferences): number =>
  world.faults.current.pageSize ?? Math.min(preferences.maxPageSize ?? maxPage, maxPage);

function wholeOption(query: Readonly<Record<string, string>>, name: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : refuseQuery(`Invalid value '${text}' for ${name} query option found.`);
}

/** Rows that the $filter keeps. */
export function keptRows(world: SandboxWorld, table: Table, filter: string | undefined): readonly JsonObject[] {
  const source = sourceOf(world);
  const keep = filter === undefined ? () => true : compileFilter(parseFilter(filter), table, source);
  const rows = source.scan(table.logicalName);
  return world.faults.current.ignoreFilters ? rows : rows.filter(keep);
}

/**
 * Answers a page. The next one begins behind the last row's sort keys, so a row that changes its place in the order between two
 * pages can be read twice or not at all, as at the vendor.
 */
export function readPage(world: SandboxWorld, { table, query, url, preferences }: ReadRequest): JsonObject {
  const source = sourceOf(world);
  const columns = selectedColumns(table, query.$select);
  const orders = compileOrder(query.$orderby === undefined ? [] : parseOrderBy(query.$orderby), table, source);
  // With a page size $top is ignored, as the vendor's page on paging says.
  const top = preferences.maxPageSize === undefined ? wholeOption(query, '$top') : undefined;
  const size = Math.min(pageSizeOf(world, preferences), top ?? maxPage);
  const kept = keptRows(world, table, query.$filter).map((row) => ({ row, keys: orders.map(({ key }) => key(row)) }));
  const sorted = kept.toSorted((left, right) => compareKeys(orders, left.keys, right.keys));
  const cookie = query.$skiptoken === undefined ? undefined : readCookie(query.$skiptoken);
  const after = cookie && keysOf(cookie.state, orders.length);
  const rest = after === undefined ? sorted : sorted.filter(({ keys }) => compareKeys(orders, keys, after) > 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const isMore = last !== undefined && rest.length > page.length && top === undefined;
  const next = isMore ? renderCookie((cookie?.page ?? 1) + 1, { after: last.keys }, false) : undefined;
  return {
    '@odata.context': contextOf(world.origin(), table, query.$select),
    ...(query.$count === 'true' ? { '@odata.count': Math.min(kept.length, maxPage) } : {}),
    value: page.map(({ row }) => showRow(table, row, columns, preferences.annotated, source)),
    ...(next === undefined ? {} : { '@odata.nextLink': linkWith(world.origin(), url, '$skiptoken', next) }),
  };
}

function keysOf({ after }: JsonObject, count: number): readonly Comparable[] {
  const isComparable = (value: unknown): value is Comparable => value === null || typeof value !== 'object';
  if (!Array.isArray(after) || after.length !== count || !after.every(isComparable)) {
    return refuseQuery('Invalid value for $skiptoken: the paging cookie belongs to another order.');
  }
  return after;
}
