import type { JsonObject } from '../json.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { parseDateTime, renderDateTime } from './dates.ts';
import type { ObjectSchema } from './schema.ts';
import { shape } from './shape.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const updatedDays = 30;
const deletedDays = 15;

const minuteOf = (atMs: number): number => Math.floor(atMs / minuteMs) * minuteMs;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Reads start and end, whose seconds the vendor ignores, and refuses spans that are empty or reach back too far. */
function readSpan(query: Readonly<Record<string, string>>, earliestMs: number, maxDays: number): Span {
  const startMs = readTime(query, 'start');
  const endMs = readTime(query, 'end');
  const span = { fromMs: minuteOf(startMs), toMs: minuteOf(endMs) };
  if (span.toMs <= span.fromMs)
    refuse(400, 'INVALID_REPLICATION_DATE', 'endDate must be at least one minute after startDate');
  if (span.fromMs < earliestMs) {
    refuse(
      400,
      'INVALID_REPLICATION_DATE',
      `startDate before org replication enabled date or more than ${maxDays} days ago`,
    );
  }
  return span;
}

/** Since when the log of deletes tells: it forgets by itself, and is purged from its oldest entries on where it is too long. */
function earliestDelete({ clock, faults }: SandboxWorld): number {
  const keptMs = Math.min((faults.current.deletesKeptSeconds ?? Infinity) * 1_000, deletedDays * dayMs);
  return minuteOf(clock.now() - keptMs);
}

function readTime(query: Readonly<Record<string, string>>, name: 'start' | 'end'): number {
  const atMs = parseDateTime(query[name] ?? '');
  return atMs ?? refuse(400, 'INVALID_REPLICATION_DATE', `invalid ${name} date: ${query[name] ?? 'missing'}`);
}

/** Up to where the answer is complete: it stays before transactions that are still open. */
function coveredMs(world: SandboxWorld, object: string, span: Span): number {
  const openMs = world.book.oldestOpenWriteMs(object) ?? Number.POSITIVE_INFINITY;
  return minuteOf(Math.min(span.toMs, world.clock.now(), openMs));
}

/** Records with the time of their last change, of those that changed in the span. */
function changedIn(object: string, span: Span, records: readonly StoredRecord[]) {
  return records
    .map((stored) => ({ id: stored.id, atMs: shape.modifiedAtMs(object, stored.record) }))
    .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs);
}

/** Not every object is replicated; its describe says so. */
function requireReplicated({ name, replicated }: ObjectSchema): void {
  if (!replicated) refuse(400, 'INVALID_TYPE_FOR_OPERATION', `entity type ${name} does not support replication`);
}

/** `GET /sobjects/{Type}/updated/`: ids of records that changed and are not deleted. */
export function listUpdated(
  world: SandboxWorld,
  schema: ObjectSchema,
  query: Readonly<Record<string, string>>,
): JsonObject {
  requireReplicated(schema);
  const object = schema.name;
  const span = readSpan(query, minuteOf(world.clock.now() - updatedDays * dayMs), updatedDays);
  const records = world.book.list(object, 'committed').filter(({ deleted }) => !deleted);
  return {
    ids: changedIn(object, span, records).map(({ id }) => id),
    latestDateCovered: renderDateTime(coveredMs(world, object, span)),
  };
}

/**
 * `GET /sobjects/{Type}/deleted/`: ids of deleted records with the time, also of those that left the recycle bin. Whether the
 * vendor takes out those that were brought back it does not say; here they stay.
 */
export function listDeleted(
  world: SandboxWorld,
  schema: ObjectSchema,
  query: Readonly<Record<string, string>>,
): JsonObject {
  requireReplicated(schema);
  const object = schema.name;
  const earliestMs = earliestDelete(world);
  const span = readSpan(query, earliestMs, deletedDays);
  const deleted = changedIn(object, span, world.book.listDeletes(object));
  return {
    deletedRecords: deleted.map(({ id, atMs }) => ({ id, deletedDate: renderDateTime(atMs) })),
    earliestDateAvailable: renderDateTime(earliestMs),
    latestDateCovered: renderDateTime(coveredMs(world, object, span)),
  };
}
