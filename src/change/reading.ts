/** A native record as far as change detection looks into it. Pure. */
import type { ConnectorObject } from '../connector/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import { isRecordId, longestRecordIdBytes } from '../event/record-id.ts';
import { type Path, readPath } from '../template/path.ts';
import type { Field } from '../where/ast.ts';
import { instantSpread, readInstant } from '../where/instant.ts';
import { recordVersion } from './version.ts';

export interface Reading {
  readonly recordId: string;
  readonly version: string;
  /** When the vendor says it changed. */
  readonly changedAtMs: number;
  /** By how much it may be later: see `instantSpread`. */
  readonly spreadMs: number;
  /** The latest that it may have been; null when the vendor does not tell. */
  readonly createdAtMs: number | null;
  readonly deleted: boolean;
  /** What the vendor's own log says happened, where it says so. */
  readonly told?: 'created' | 'updated';
  /** null where nothing is left of it. */
  readonly native: unknown;
}

/**
 * Reads a record that is there.
 * @throws Failure `record-without-id`, `record-id-unusable`, `record-time-unreadable`: a record that cannot be placed in time or told from
 * others would be lost in silence, so the poll stops before the cursor passes it.
 */
export function readRecord(native: unknown, object: ConnectorObject, timeField: Field = object.occurredAt): Reading {
  const recordId = readId(native, object.id, object.name);
  return {
    recordId,
    version: recordVersion(native, object.version),
    changedAtMs: readTime(native, timeField, object.name, recordId),
    spreadMs: instantSpread(readPath(native, timeField.path), timeField),
    createdAtMs: object.createdAt === null ? null : latestInstant(native, object.createdAt),
    deleted: false,
    native,
  };
}

/**
 * Reads what a vendor tells of a deleted record.
 * @param fallbackMs the time of the delete where the vendor gives none; without it, as `readRecord`.
 */
export function readDeleted(
  native: unknown,
  place: { readonly id: Path; readonly timeField: Field; readonly object: string },
  fallbackMs?: number,
): Reading {
  const recordId = readId(native, place.id, place.object);
  const told = readPath(native, place.timeField.path);
  const toldMs = readInstant(told, place.timeField);
  const changedAtMs = toldMs ?? fallbackMs ?? readTime(native, place.timeField, place.object, recordId);
  // The vendor's clock, from a header, tells whole seconds.
  const spreadMs = toldMs === null ? 999 : instantSpread(told, place.timeField);
  return { ...deletedReading(recordId, changedAtMs, native), spreadMs };
}

/** A record of which the vendor, or a proof, says that it is no longer there. */
export function deletedReading(recordId: string, changedAtMs: number, native: unknown = null): Reading {
  return {
    recordId,
    version: `deleted@${changedAtMs}`,
    changedAtMs,
    spreadMs: 0,
    createdAtMs: null,
    deleted: true,
    native,
  };
}

function latestInstant(native: unknown, field: Field): number | null {
  const value = readPath(native, field.path);
  const timeMs = readInstant(value, field);
  return timeMs === null ? null : timeMs + instantSpread(value, field);
}

/** Whether nothing but the word of its delete is left of a record: no where can be held against it, and nothing mapped. */
export function isTombstone({ deleted, native }: Reading, { id }: ConnectorObject): boolean {
  return deleted && (readPath(native, id) ?? null) === null;
}

/** @throws Failure `record-without-id`, `record-id-unusable` */
export function readId(native: unknown, path: Path, object: string): string {
  const value = readPath(native, path);
  const id = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (isRecordId(id)) return id;
  if (id !== '') throw idUnusable(id, object);
  throw new Failure('record-without-id', `A record of ${object} has no id at ${path.join('.')}.`, {
    retryable: true,
    help: 'Check the path "id" of the object in the connector.',
    detail: { object },
  });
}

function idUnusable(id: string, object: string): Failure {
  const bytes = Buffer.byteLength(id);
  const what = bytes > longestRecordIdBytes ? `${bytes} bytes long` : 'no well-formed text';
  return new Failure('record-id-unusable', `The id of a record of ${object} is ${what}.`, {
    retryable: true,
    help: `Check the path "id" of the object in the connector: an id is text of at most ${longestRecordIdBytes} bytes.`,
    detail: { object },
  });
}

/** The longest piece of a record that a message shows. */
const longestShown = 80;

function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}

/** @throws Failure `record-time-unreadable` */
export function readTime(native: unknown, field: Field, object: string, recordId: string): number {
  const value = readPath(native, field.path);
  const timeMs = readInstant(value, field);
  if (timeMs !== null) return timeMs;
  throw new Failure(
    'record-time-unreadable',
    `${field.name} of ${object} ${shortened(recordId)} is not a time: ${shortened(JSON.stringify(value ?? null))}.`,
    {
      retryable: true,
      help: `Check the type and format of the field ${field.name} in the connector.`,
      detail: { object, recordId: shortened(recordId), field: field.name },
    },
  );
}
