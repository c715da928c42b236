import { queryOf } from '../body.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { compileFilters, filterNames } from './filters.ts';
import { type Order, openCursor, placeIn, placeOf, sealCursor, takePage } from './keyset.ts';
import { type CompiledSearch, compileSearch } from './search/evaluate.ts';
import { TooDeep } from './search/parser.ts';
import { instantAt } from './times.ts';

type Query = Readonly<Record<string, string>>;

/** What a list is of. */
export interface Listed {
  /** Whose filters hold. */
  readonly object: string;
  /** Whether `query` is a search, as in customers/search. */
  readonly isSearch: boolean;
  readonly rows: readonly JsonObject[];
}

export interface ListAnswer {
  readonly rows: readonly JsonObject[];
  /** The Link header; undefined when one page is enough. */
  readonly link: string | undefined;
}

const defaultLimit = 50;
const maxLimit = 250;
/** The vendor says that cursors are not for keeping; the sandbox holds to it. */
const cursorLifeMs = 3_600_000;
const help = 'See https://shopify.dev/api/usage/pagination-rest for more information.';
const beside = ['limit', 'fields', 'page_info'];

/** Answers one page of a list, with links to those beside it. */
export function listRecords(world: SandboxWorld, listed: Listed, url: string): ListAnswer {
  const query = queryOf(url);
  const cursor = readCursor(world, url);
  const asked = cursor?.query ?? query;
  const order = orderOf(asked);
  const isBack = cursor?.direction === 'previous';
  const page = takePage(listed.rows.filter(keepOf(world, listed, asked)), {
    order,
    limit: world.faults.current.pageSize ?? limitOf(query),
    fromEnd: isBack,
    ...(isBack ? { before: cursor.place } : { after: cursor?.place }),
  });
  const filters = Object.fromEntries(
    Object.entries(asked).filter(([name]) => [...filterNames(listed.object), 'order', 'query'].includes(name)),
  );
  const linkTo = (rel: 'previous' | 'next', record: JsonObject | undefined): readonly string[] => {
    if (record === undefined) return [];
    const sealed = {
      ...placeOf(order, record),
      direction: rel,
      list: pathOf(url),
      query: filters,
      at: world.clock.now(),
    };
    const target = new URL(pathOf(url), world.origin());
    target.searchParams.set('limit', String(limitOf(query)));
    if (query.fields !== undefined) target.searchParams.set('fields', query.fields);
    target.searchParams.set('page_info', sealCursor(sealed));
    return [`<${target.href}>; rel="${rel}"`];
  };
  const links = [
    ...(page.hasPrevious ? linkTo('previous', page.rows[0]) : []),
    ...(page.hasNext ? linkTo('next', page.rows.at(-1)) : []),
  ];
  return { rows: page.rows, link: links.length === 0 ? undefined : links.join(', ') };
}

/** How many records a list has in all its pages. */
export function countRecords(world: SandboxWorld, listed: Listed, url: string): number {
  return listed.rows.filter(keepOf(world, listed, queryOf(url))).length;
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

function keepOf(world: SandboxWorld, listed: Listed, query: Query): (record: JsonObject) => boolean {
  if (world.faults.current.ignoreFilters) return () => true;
  const isKept = compileFilters(listed.object, query);
  if (!listed.isSearch) return isKept;
  const { keep } = searchFor(listed.object, query.query ?? '');
  return (record) => isKept(record) && keep(record);
}

function searchFor(object: string, source: string): CompiledSearch {
  try {
    return compileSearch(object, source);
  } catch (error) {
    if (error instanceof TooDeep) return refuse(400, { query: error.message });
    throw error;
  }
}

function limitOf(query: Query): number {
  if (query.limit === undefined || query.limit === '') return defaultLimit;
  const limit = Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1) return refuse(400, { limit: 'Invalid value.' });
  return Math.min(limit, maxLimit);
}

interface Cursor {
  readonly query: Query;
  readonly direction: Json | undefined;
  readonly place: { readonly key: number | string; readonly id: string };
}

/** Refuses the pages of old and what may not stand beside a cursor: filters travel inside it. */
function readCursor(world: SandboxWorld, url: string): Cursor | undefined {
  const query = queryOf(url);
  if (query.page !== undefined) refuse(400, { page: `page cannot be passed. ${help}` });
  if (query.page_info === undefined) return undefined;
  const extra = Object.keys(query).find((name) => !beside.includes(name));
  if (extra !== undefined) refuse(400, { [extra]: `${extra} cannot be passed when page_info is present. ${help}` });
  const cursor = openCursor(query.page_info);
  const place = cursor && placeIn(cursor);
  const isAlive = typeof cursor?.at === 'number' && world.clock.now() - cursor.at < cursorLifeMs;
  if (place === undefined || !isAlive || cursor?.list !== pathOf(url))
    return refuse(400, { page_info: 'Invalid value.' });
  const kept = isJsonObject(cursor?.query) ? cursor.query : {};
  const asked = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]));
  return { query: asked, direction: cursor?.direction, place };
}

const minuteMs = 60_000;

const times = ['created_at', 'updated_at', 'processed_at', 'published_at'];

/**
 * Newest first by default, by id after `since_id`. `order` is not documented: it is taken, but the rows of one minute come out of
 * order, as was seen at the vendor.
 */
function orderOf(query: Query): Order {
  const [field = '', way = 'asc'] = (query.order ?? '').trim().split(/\s+/);
  if (times.includes(field)) {
    const key = (record: JsonObject): number => Math.floor((instantAt(record[field]) ?? 0) / minuteMs);
    return { name: `${field} ${way}`, descending: way.toLowerCase() === 'desc', key };
  }
  if (query.since_id !== undefined || field === 'id') {
    return { name: 'id', descending: field === 'id' && way.toLowerCase() === 'desc', key: () => 0 };
  }
  return { name: 'created_at desc', descending: true, key: (record) => instantAt(record.created_at) ?? 0 };
}
