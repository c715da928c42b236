import type { GraphQLResolveInfo } from 'graphql';
import type { JsonObject } from '../../json.ts';
import { type Order, openCursor, type Place, placeIn, placeOf, sealCursor, takePage } from '../keyset.ts';
import { compileSearch } from '../search/evaluate.ts';
import { TooDeep } from '../search/parser.ts';
import { instantAt } from '../times.ts';
import { badRequest, type GraphContext } from './context.ts';

/** Arguments of a connection, as the schema has checked them. */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly reverse?: boolean | null;
  readonly query?: string | null;
  readonly sortKey?: string | null;
}

export interface Connection<Shown> {
  readonly edges: readonly { readonly cursor: string; readonly node: Shown }[];
  readonly nodes: readonly Shown[];
  readonly pageInfo: JsonObject;
}

export const maxPageSize = 250;
/** What a connection costs beside its records. */
export const connectionCost = 2;

type Key = Order['key'];
const time =
  (field: string): Key =>
  (record) =>
    instantAt(record[field]) ?? 0;
const text =
  (...fields: readonly string[]): Key =>
  (record) =>
    fields.map((field) => String(record[field] ?? '').toLowerCase()).join(' ');

const sortKeys: Readonly<Record<string, Key>> = {
  ID: () => 0,
  CREATED_AT: time('created_at'),
  UPDATED_AT: time('updated_at'),
  PROCESSED_AT: time('processed_at'),
  PUBLISHED_AT: time('published_at'),
  ORDER_NUMBER: (record) => Number(record.order_number),
  TOTAL_PRICE: (record) => Number(record.total_price),
  NAME: text('last_name', 'first_name'),
  TITLE: text('title'),
  VENDOR: text('vendor'),
  PRODUCT_TYPE: text('product_type'),
};

/** Answers one page of records. */
export function connect<Shown>(
  rows: readonly JsonObject[],
  asked: ConnectionArguments,
  context: GraphContext,
  show: (record: JsonObject) => Shown,
): Connection<Shown> {
  const size = sizeOf(asked);
  const sortKey = asked.sortKey ?? 'ID';
  const descending = asked.reverse === true;
  const order: Order = {
    name: `${sortKey}${descending ? ' reversed' : ''}`,
    descending,
    key: sortKeys[sortKey] ?? (() => 0),
  };
  const page = takePage(rows, {
    order,
    limit: context.world.faults.current.pageSize ?? size,
    after: readCursor(order, asked.after),
    before: readCursor(order, asked.before),
    fromEnd: asked.first === undefined || asked.first === null,
  });
  context.spent += connectionCost + page.rows.length;
  const edges = page.rows.map((record) => ({
    cursor: sealCursor({ ...placeOf(order, record), order: order.name }),
    node: show(record),
  }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: page.hasNext,
      hasPreviousPage: page.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function sizeOf({ first, last }: ConnectionArguments): number {
  const size = first ?? last;
  if (size === undefined || size === null) throw badRequest('you must provide one of first or last');
  if (typeof first === 'number' && typeof last === 'number')
    throw badRequest('providing both first and last is not supported');
  const name = typeof first === 'number' ? 'first' : 'last';
  if (size < 0) throw badRequest(`${name} cannot be negative`);
  if (size > maxPageSize) throw badRequest(`${name} cannot exceed ${maxPageSize}`);
  return size;
}

/** A cursor is of one order only: the vendor refuses it under another. */
function readCursor(order: Order, sealed: string | null | undefined): Place | undefined {
  if (sealed === undefined || sealed === null) return undefined;
  const cursor = openCursor(sealed);
  const place = cursor?.order === order.name ? placeIn(cursor) : undefined;
  if (place === undefined) throw badRequest('Invalid cursor for current pagination sort.');
  return place;
}

/** Whether `query` asks for anything; then the search index answers, and else the records themselves. */
export const isSearch = (asked: ConnectionArguments): boolean => (asked.query ?? '').trim() !== '';

/** Keeps what `query` finds. What the search dropped is told under extensions.search, and nowhere else. */
export function searchRows(
  object: string,
  rows: readonly JsonObject[],
  asked: ConnectionArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
): readonly JsonObject[] {
  if (!isSearch(asked) || context.world.faults.current.ignoreFilters) return rows;
  const query = asked.query ?? '';
  try {
    const { keep, warnings } = compileSearch(object, query);
    if (warnings.length > 0) {
      context.searches.push({ path: pathOf(info), query, warnings: warnings.map((warning) => ({ ...warning })) });
    }
    return rows.filter(keep);
  } catch (error) {
    if (error instanceof TooDeep) throw badRequest(error.message);
    throw error;
  }
}

function pathOf(info: GraphQLResolveInfo): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = info.path; step !== undefined; step = step.prev)
    path.unshift(step.key);
  return path;
}
