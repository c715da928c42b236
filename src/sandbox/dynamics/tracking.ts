import type { JsonObject } from '../json.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse, refuseQuery } from './answers.ts';
import { linkWith, readCookie, renderCookie } from './cookie.ts';
import { contextOf, selectedColumns, showRow } from './present.ts';
import { pageSizeOf, type ReadRequest, sourceOf } from './read.ts';
import type { Table } from './schema.ts';

/** ExpireChangeTrackingInDays of an organisation that never set it. */
const tokenLifeMs = 7 * 86_400_000;

const versionOf = ({ record }: StoredRecord): number => Number(record.versionnumber);

/** True when a request reads changes, or all rows to read changes later. */
export const isTracking = ({ query, preferences }: ReadRequest): boolean =>
  preferences.tracksChanges ||
  query.$deltatoken !== undefined ||
  query.$skiptoken?.includes('istracking="True"') === true;

/** Refuses what change tracking cannot do. */
export function checkTracking(table: Table, query: Readonly<Record<string, string>>): void {
  for (const name of ['$filter', '$orderby', '$expand', '$top'].filter((one) => query[one] !== undefined)) {
    refuseQuery(`The "${name}" query parameter isn't supported when Change Tracking is enabled.`);
  }
  if (!table.isChangeTracked) refuseQuery(`Change tracking isn't enabled for the entity ${table.logicalName}.`);
}

/** Up to which version every change is committed: it stays before the oldest one that is open. */
function settledVersion(world: SandboxWorld, table: Table): number {
  const latest = world.book.list(table.logicalName, 'latest');
  const open = latest
    .filter((stored) => {
      const seen = world.book.find(table.logicalName, stored.id, 'committed');
      return seen === undefined || versionOf(seen) !== versionOf(stored);
    })
    .map(versionOf);
  return open.length > 0 ? Math.min(...open) - 1 : latest.reduce((max, stored) => Math.max(max, versionOf(stored)), 0);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `919042!08/22/2017 08:10:44`: the last version read, and when. */
function renderToken(version: number, nowMs: number): string {
  const at = new Date(nowMs);
  const day = `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${at.getUTCFullYear()}`;
  return `${version}!${day} ${at.toISOString().slice(11, 19)}`;
}

function readToken(token: string, nowMs: number): number {
  const [, version, month, day, year, time] = /^(\d+)!(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(token) ?? [];
  const atMs = Date.parse(`${year}-${month}-${day}T${time}Z`);
  if (Number.isNaN(atMs)) return refuse(400, '0x80040203', `Invalid delta token: ${token}`);
  if (nowMs - atMs < tokenLifeMs) return Number(version);
  return refuse(400, '0x80044352', 'Version stamp associated with the client has expired. Please perform a full sync.');
}

/** How many changes a delta link would answer. */
export function countChanges(world: SandboxWorld, table: Table, token: string): number {
  const from = readToken(token, world.clock.now());
  const to = settledVersion(world, table);
  return world.book
    .list(table.logicalName, 'committed')
    .filter((stored) => versionOf(stored) > from && versionOf(stored) <= to).length;
}

/** The first read of all rows, or the changes since a token: changed rows by version, then deletions. */
export function readTracked(world: SandboxWorld, request: ReadRequest): JsonObject {
  const { table, query, url, preferences } = request;
  checkTracking(table, query);
  const nowMs = world.clock.now();
  const cookie = query.$skiptoken === undefined ? undefined : readCookie(query.$skiptoken);
  const from =
    query.$deltatoken === undefined ? numberIn(cookie?.state, 'from', -1) : readToken(query.$deltatoken, nowMs);
  // Fixed by the first page, so that what changes while pages are read comes with the next delta.
  const to = numberIn(cookie?.state, 'to', Math.max(from, settledVersion(world, table)));
  const startedMs = numberIn(cookie?.state, 'startedMs', nowMs);
  const isFirst = from < 0;
  const rows = world.book
    .list(table.logicalName, 'committed')
    .filter((stored) => (isFirst ? !stored.deleted : versionOf(stored) > from && versionOf(stored) <= to))
    .toSorted((left, right) => Number(left.deleted) - Number(right.deleted) || versionOf(left) - versionOf(right));
  const afterVersion = numberIn(cookie?.state, 'version', -1);
  const afterDeleted = cookie?.state.deleted === true;
  const rest = rows.filter((stored) =>
    stored.deleted === afterDeleted ? versionOf(stored) > afterVersion : stored.deleted,
  );
  const page = rest.slice(0, pageSizeOf(world, preferences));
  const last = page.at(-1);
  const state =
    last === undefined || rest.length === page.length
      ? undefined
      : { from, to, startedMs, version: versionOf(last), deleted: last.deleted };
  const columns = selectedColumns(table, query.$select);
  const source = sourceOf(world);
  const origin = world.origin();
  return {
    '@odata.context': contextOf(origin, table, query.$select, isFirst ? '' : '/$delta'),
    value: page.map((stored) =>
      stored.deleted
        ? {
            '@odata.context': contextOf(origin, table, undefined, '/$deletedEntity'),
            id: stored.id,
            reason: 'deleted',
          }
        : showRow(table, stored.record, columns, preferences.annotated, source),
    ),
    ...(state === undefined
      ? { '@odata.deltaLink': linkWith(origin, url, '$deltatoken', renderToken(to, startedMs)) }
      : { '@odata.nextLink': linkWith(origin, url, '$skiptoken', renderCookie((cookie?.page ?? 1) + 1, state, true)) }),
  };
}

function numberIn(state: JsonObject | undefined, name: string, otherwise: number): number {
  const value = state?.[name];
  return typeof value === 'number' ? value : otherwise;
}
