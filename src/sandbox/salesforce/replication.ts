import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { parseDateTime, renderDateTime } from './dates.ts';
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
function readSpan(query: Readonly<Record<string, string>>, nowMs: number, maxDays: number): Span {
  const startMs = readTime(query, 'start');
  const endMs = readTime(query, 'end');
  const span = { fromMs: minuteOf(startMs), toMs: minuteOf(endMs) };
  if (span.toMs <= span.fromMs)
    refuse(400, 'INVALID_REPLICATION_DATE', 'endDate must be at least one minute after startDate');
  if (startMs < nowMs - maxDays * dayMs) {
    refuse(
      400,
      'INVALID_REPLICATION_DATE',
      `startDate before org replication enabled date or more than ${maxDays} days ago`,
    );
  }
  return span;
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

function changedIn(
  world: SandboxWorld,
  object: string,
  span: Span,
  deleted: boolean,
): readonly { id: string; atMs: number }[] {
  return world.book
    .list(object, 'committed')
    .filter((stored) => stored.deleted === deleted)
    .map((stored) => ({ id: stored.id, atMs: shape.modifiedAtMs(object, stored.record) }))
    .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs);
}

/** `GET /sobjects/{Type}/updated/`: ids of records that changed and are not deleted. */
export function listUpdated(world: SandboxWorld, object: string, query: Readonly<Record<string, string>>): JsonObject {
  const span = readSpan(query, world.clock.now(), updatedDays);
  return {
    ids: changedIn(world, object, span, false).map(({ id }) => id),
    latestDateCovered: renderDateTime(coveredMs(world, object, span)),
  };
}

/** `GET /sobjects/{Type}/deleted/`: ids of deleted records with the time. */
export function listDeleted(world: SandboxWorld, object: string, query: Readonly<Record<string, string>>): JsonObject {
  const span = readSpan(query, world.clock.now(), deletedDays);
  return {
    deletedRecords: changedIn(world, object, span, true).map(({ id, atMs }) => ({
      id,
      deletedDate: renderDateTime(atMs),
    })),
    earliestDateAvailable: renderDateTime(minuteOf(world.clock.now() - deletedDays * dayMs)),
    latestDateCovered: renderDateTime(coveredMs(world, object, span)),
  };
}
