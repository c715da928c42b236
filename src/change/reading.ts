/** A native record as far as change detection looks into it. Pure. */
import type { ConnectorObject } from '../connector/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Feed } from '../store/port.ts';
import { readPath } from '../template/path.ts';
import type { Field } from '../where/ast.ts';
import { readInstant } from '../where/instant.ts';
import { recordVersion } from './version.ts';

export interface Reading {
  readonly recordId: string;
  readonly version: string;
  /** The cursor field: when the vendor says it changed. */
  readonly changedAtMs: number;
  /** null when the vendor does not tell. */
  readonly createdAtMs: number | null;
  readonly native: unknown;
}

/**
 * Reads a record.
 * @throws Failure `record-without-id`, `record-time-unreadable`: a record that cannot be placed in time or told from
 * others would be lost in silence, so the poll stops before the cursor passes it.
 */
export function readRecord(native: unknown, object: ConnectorObject, feed: Feed, cursorField: Field): Reading {
  const id = readPath(native, object.id);
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') {
    throw new Failure('record-without-id', `A record of ${object.name} has no id at ${object.id.join('.')}.`, {
      retryable: true,
      help: 'Check the path "id" of the object in the connector.',
      detail: { object: object.name },
    });
  }
  const recordId = String(id);
  const changedAtMs = readTime(native, cursorField, object.name, recordId);
  const version = feed === 'deletes' ? `deleted@${changedAtMs}` : recordVersion(native, object.version);
  const createdAtMs =
    object.createdAt === null ? null : readInstant(readPath(native, object.createdAt.path), object.createdAt);
  return { recordId, version, changedAtMs, createdAtMs, native };
}

/** The longest piece of a record that a message shows. */
const longestShown = 80;

function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}

function readTime(native: unknown, field: Field, object: string, recordId: string): number {
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
