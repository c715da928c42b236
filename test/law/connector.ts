/** The connector of the world, one object a strategy, its traps declared as they are. */
import type { Connector, ConnectorObject } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { Traps } from './world.ts';

const { dialects } = await loadDialects();
const context = createLinkContext(dialects);

export interface Plan {
  readonly changes: Readonly<Record<string, unknown>>;
  readonly deletes?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  /** Whether a deleted record can be seen at all. */
  readonly seesDeletes: boolean;
  /** Two edits between polls are both told: a log, not a state. */
  readonly isLog?: boolean;
  /** Its first listing may miss what slips between two pages; whether that came back or was there is not to be known. */
  readonly slips?: boolean;
  readonly traps?: Partial<Traps>;
  readonly read?: boolean;
  /** When a run begins; by default any day. */
  readonly startMs?: number;
}

const list = (path: string, query: Readonly<Record<string, string>> = {}) => ({ method: 'GET', path, query });
const paged = { kind: 'cursor', read: 'next', send: { in: 'query', name: 'page' } };
const counted = (traps: Traps) => ({
  kind: 'page-number',
  first: 0,
  size: traps.pageSize,
  send: { in: 'query', name: 'page' },
});

export function cursorOf(traps: Traps, parts: Readonly<Record<string, unknown>> = {}) {
  return {
    field: 'updated',
    granularity: traps.unitMs === 1 ? 'ms' : traps.unitMs === 1_000 ? 's' : 'min',
    inclusive: traps.inclusive,
    zone: 'UTC',
    settleSeconds: 2,
    overlapSeconds: Math.ceil(traps.lagMs / 1_000) + 2 * Math.max(1, traps.unitMs / 1_000) + 5,
    cap: traps.cap,
    sorted: false,
    pageCursorSeconds: 0,
    ...parts,
  };
}

const windowed = 'updated >= :since AND updated < :until';
const breaker = { share: 1, atLeast: 1_000_000 };

const all: Readonly<Record<string, (traps: Traps) => Plan>> = {
  'watermark, pages by cursor': (traps) => ({
    seesDeletes: true,
    read: true,
    changes: {
      strategy: 'watermark',
      request: list('/records', { paging: 'cursor', sort: 'updated' }),
      records: 'data',
      page: paged,
      where: windowed,
      cursor: cursorOf(traps, { pageCursorSeconds: traps.tokenMs / 1_000 }),
    },
    deletes: {
      strategy: 'watermark',
      request: list('/deleted', { paging: 'cursor' }),
      records: 'data',
      thin: true,
      page: paged,
      where: windowed,
      cursor: cursorOf(traps),
    },
  }),
  'watermark, capped, pages by position, walked by id': (traps) => ({
    seesDeletes: true,
    traps: { cap: 12, pageSize: 4, unitMs: 60_000 },
    changes: {
      strategy: 'watermark',
      request: list('/records', { sort: 'updated', withDeleted: '1' }),
      records: 'data',
      total: 'total',
      page: counted(traps),
      where: windowed,
      deletedWhen: 'removed = true',
      cursor: cursorOf(traps, { sorted: true }),
      walk: {
        request: list('/records', { sort: 'id', withDeleted: '1' }),
        where: `${windowed} AND number > :after`,
        field: 'number',
        size: traps.pageSize,
      },
    },
  }),
  keyset: (traps) => ({
    seesDeletes: true,
    // A moment is asked for by its two bounds.
    traps: { ties: true, inclusive: true },
    changes: {
      strategy: 'keyset',
      request: list('/records', { sort: 'updated', withDeleted: '1' }),
      records: 'data',
      page: { kind: 'none' },
      where: 'updated > :since AND updated < :until',
      ties: 'updated = :since AND number > :after',
      tie: 'number',
      size: traps.pageSize,
      deletedWhen: 'removed = true',
      cursor: cursorOf(traps, { sorted: true }),
    },
  }),
  'watermark, by parent': (traps) => ({
    seesDeletes: true,
    changes: {
      strategy: 'watermark',
      request: list('/parents/{parent}/records', { paging: 'cursor', withDeleted: '1' }),
      records: 'data',
      page: paged,
      parents: { request: list('/parents'), records: 'data', page: { kind: 'none' }, id: 'id' },
      where: windowed,
      deletedWhen: 'removed = true',
      cursor: cursorOf(traps),
    },
  }),
  'server watermark': (traps) => ({
    seesDeletes: true,
    changes: {
      strategy: 'server-watermark',
      request: list('/covered', { paging: 'cursor', withDeleted: '1', start: '{since}', end: '{until}' }),
      records: 'data',
      page: paged,
      covered: 'covered',
      deletedWhen: 'removed = true',
      cursor: cursorOf(traps, { overlapSeconds: Math.max(1, traps.unitMs / 1_000) }),
    },
  }),
  'watermark in local time without offset': (traps) => ({
    seesDeletes: true,
    traps: { zone: 'America/New_York', unitMs: 1_000 },
    // The clock there goes back an hour at 06:00 UTC.
    startMs: Date.parse('2026-11-01T05:35:00Z'),
    changes: {
      strategy: 'watermark',
      request: list('/records', { paging: 'cursor', withDeleted: '1' }),
      records: 'data',
      page: paged,
      where: windowed,
      deletedWhen: 'removed = true',
      cursor: cursorOf(traps),
    },
  }),
  delta: () => ({
    seesDeletes: true,
    traps: { lagMs: 0 },
    changes: {
      strategy: 'delta',
      request: list('/delta'),
      since: list('/delta', { token: '{token}' }),
      records: 'data',
      page: { kind: 'none' },
      token: { read: 'token', lifetimeSeconds: null },
      deletedWhen: "reason = 'deleted'",
      deletedId: 'gone',
    },
  }),
  'event log, by growing id': (traps) => ({
    seesDeletes: true,
    isLog: true,
    changes: {
      strategy: 'since-id',
      request: list('/log', { after: '{after}' }),
      records: 'data',
      page: counted(traps),
      id: { field: 'number', settleSeconds: traps.lagMs / 1_000 + 5 },
      entry: {
        objectId: 'subject',
        action: 'verb',
        actions: { create: 'created', update: 'updated', destroy: 'deleted' },
        record: 'record',
      },
    },
  }),
  'event log, its records read by id': (traps) => ({
    seesDeletes: true,
    isLog: true,
    read: true,
    changes: {
      strategy: 'since-id',
      request: list('/log', { after: '{after}' }),
      records: 'data',
      page: counted(traps),
      id: { field: 'number', settleSeconds: traps.lagMs / 1_000 + 5 },
      entry: {
        objectId: 'subject',
        action: 'verb',
        actions: { create: 'created', update: 'updated', destroy: 'deleted' },
      },
    },
  }),
  'newest first': (traps) => ({
    seesDeletes: false,
    changes: {
      strategy: 'newest-first',
      request: list('/feed', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      cursor: cursorOf(traps),
    },
  }),
  'newest first, behind an ETag': (traps) => ({
    seesDeletes: false,
    changes: {
      strategy: 'newest-first',
      request: list('/feed', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      gate: { kind: 'etag' },
      cursor: cursorOf(traps),
    },
  }),
  'watermark, behind a probe, pages by position': (traps) => ({
    seesDeletes: true,
    changes: {
      strategy: 'watermark',
      request: list('/records', { sort: 'updated', withDeleted: '1' }),
      records: 'data',
      page: counted(traps),
      where: windowed,
      deletedWhen: 'removed = true',
      gate: { kind: 'probe', request: list('/revision'), read: 'revision' },
      cursor: cursorOf(traps, { sorted: true }),
      walk: {
        request: list('/records', { sort: 'id', withDeleted: '1' }),
        where: `${windowed} AND number > :after`,
        field: 'number',
        size: traps.pageSize,
      },
    },
  }),
  snapshot: () => ({
    seesDeletes: true,
    traps: { lagMs: 0 },
    changes: {
      strategy: 'snapshot',
      request: list('/all', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      breaker,
    },
  }),
  'snapshot behind an ETag, pages by position': (traps) => ({
    seesDeletes: true,
    slips: true,
    traps: { lagMs: 0, pageSize: 5 },
    changes: {
      strategy: 'snapshot',
      request: list('/all'),
      records: 'data',
      page: counted({ ...traps, pageSize: 5 }),
      gate: { kind: 'etag' },
      breaker,
    },
  }),
  'watermark, deletes from a bin and by a log of what was purged': (traps) => ({
    seesDeletes: true,
    read: true,
    traps: { purges: true },
    changes: {
      strategy: 'watermark',
      request: list('/records', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      where: windowed,
      cursor: cursorOf(traps),
    },
    deletes: [
      {
        strategy: 'watermark',
        request: list('/deleted', { paging: 'cursor', whole: '1' }),
        records: 'data',
        page: paged,
        where: windowed,
        cursor: cursorOf(traps),
      },
      {
        name: 'log',
        strategy: 'server-watermark',
        request: list('/graves', { start: '{since}', end: '{until}' }),
        records: 'data',
        page: { kind: 'none' },
        covered: 'covered',
        pushdown: false,
        deletedId: 'subject',
        confirm: true,
        cursor: cursorOf(traps, { overlapSeconds: Math.max(1, traps.unitMs / 1_000) }),
      },
    ],
  }),
  'watermark, deletes by a proved snapshot of ids, confirmed': (traps) => ({
    seesDeletes: true,
    read: true,
    changes: {
      strategy: 'watermark',
      request: list('/records', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      where: windowed,
      cursor: cursorOf(traps),
    },
    deletes: {
      strategy: 'snapshot',
      request: list('/all', { paging: 'cursor' }),
      records: 'data',
      page: paged,
      breaker,
      confirm: true,
    },
  }),
};

/** Those that see a change whatever time it carries. */
const timeless: readonly string[] = ['delta', 'snapshot', 'snapshot behind an ETag, pages by position'];

/** Every strategy, as a connector would declare it. */
export const plans: typeof all = Object.fromEntries(
  Object.entries(all).map(([name, plan]) => [
    name,
    (traps) => {
      const planned = plan(traps);
      return timeless.includes(name) ? planned : { ...planned, traps: { ...planned.traps, backdates: false } };
    },
  ]),
);

/** Links the connector of one plan. @throws Error with what validate says. */
export function lawConnector(plan: Plan, traps: Traps): { connector: Connector; object: ConnectorObject } {
  const granularity = cursorOf(traps).granularity;
  const zone = traps.zone ?? 'UTC';
  const linked = linkConnector(
    {
      key: 'law',
      name: 'Law',
      description: 'A vendor of traps.',
      settings: { baseUrl: { type: 'url', description: 'Its address.' } },
      credentials: { secret: { description: 'A secret.' } },
      auth: [
        {
          name: 'token',
          kind: 'token',
          requires: ['secret'],
          token: { url: '{settings.baseUrl}/token', form: { secret: '{credentials.secret}' } },
          headers: { Authorization: 'Bearer {auth.accessToken}' },
        },
      ],
      http: {
        baseUrl: '{settings.baseUrl}',
        verify: list('/clock'),
        errors: [{ status: [410], failure: 'cursor-expired' }],
      },
      dialect: {
        extends: 'bracket-ops',
        literals: { timestamp: { format: "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", unit: 'ms' } },
      },
      objects: {
        thing: {
          title: 'Thing',
          resource: 'contact',
          id: 'id',
          fields: {
            number: { type: 'number' },
            grade: { type: 'enum' },
            removed: { type: 'boolean' },
            reason: { type: 'text' },
            created: { type: 'timestamp', granularity, zone },
            updated: { type: 'timestamp', granularity, zone },
          },
          createdAt: 'created',
          occurredAt: 'updated',
          version: { fields: ['updated'], hash: true },
          changes: [plan.changes],
          ...(plan.deletes !== undefined && { deletes: [plan.deletes].flat() }),
          ...(plan.read === true && { read: { request: list('/records/{id}') } }),
          mapping: { id: 'id', lastName: 'name' },
        },
      },
    },
    context,
  );
  const object = linked.connector?.objects.get('thing');
  if (linked.connector === null || object === undefined)
    throw new Error(linked.diagnostics.map(({ message, pointer }) => `${pointer}: ${message}`).join('\n'));
  return { connector: linked.connector, object };
}
