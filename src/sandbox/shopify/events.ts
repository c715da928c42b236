import type { Json, JsonObject } from '../json.ts';
import type { StoredRecord, View } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { keptId, serialOf } from './ids.ts';
import { type Resource, resources } from './schema.ts';
import { instantAt } from './times.ts';

/** A verb of the log, with the field that tells when it happened. */
type Happening = readonly [verb: string, stamp: string];

const happenings: Readonly<Record<string, readonly Happening[]>> = {
  orders: [
    ['placed', 'created_at'],
    ['closed', 'closed_at'],
    ['cancelled', 'cancelled_at'],
    ['destroy', 'deleted_at'],
  ],
  products: [
    ['create', 'created_at'],
    ['published', 'published_at'],
    ['destroy', 'deleted_at'],
  ],
  customers: [['destroy', 'deleted_at']],
};

/**
 * The event log as it can be told from the records themselves: what happened to each, and the deletes of those objects that log them.
 * It forgets what the sandbox's file forgets.
 */
export function listEvents(world: SandboxWorld, view: View): readonly JsonObject[] {
  const logged = world.faults.current.deletesLogged;
  const chosen = logged.split(',').map((name) => name.trim());
  return resources.flatMap((resource) => {
    const logsDeletes = logged === '' ? resource.deletesLogged : chosen.includes(resource.name);
    return world.book.list(resource.name, view).flatMap((stored) => eventsOf(resource, stored, logsDeletes));
  });
}

function eventsOf(resource: Resource, stored: StoredRecord, logsDeletes: boolean): readonly JsonObject[] {
  return (happenings[resource.name] ?? []).flatMap(([verb, stamp], index) => {
    const at = stored.record[stamp];
    const isTold = verb === 'destroy' ? stored.deleted && logsDeletes : true;
    return typeof at === 'string' && isTold ? [eventOf(resource, stored, verb, at, index)] : [];
  });
}

const verbsEach = 4;
/** Events that one second has room for, so that ids grow with time, as `since_id` needs, and stay below 2^53. */
const eventsPerSecond = 4_000_000n;

function eventId(at: string, subjectId: string, kind: number): number {
  const second = BigInt(Math.floor((instantAt(at) ?? 0) / 1000));
  const within = (serialOf(subjectId) * BigInt(verbsEach * resources.length) + BigInt(kind)) % eventsPerSecond;
  return Number(second * eventsPerSecond + within);
}

const verbWords: Readonly<Record<string, string>> = { destroy: 'deleted', create: 'created' };

function eventOf(
  resource: Resource,
  { id, record }: StoredRecord,
  verb: string,
  at: string,
  index: number,
): JsonObject {
  const title: Json = record.title ?? record.name ?? record.email ?? '';
  return {
    id: eventId(at, id, index + verbsEach * resources.indexOf(resource)),
    subject_id: keptId(id),
    created_at: at,
    subject_type: resource.type,
    verb,
    arguments: [title],
    body: null,
    message: `${resource.type} was ${verbWords[verb] ?? verb}: ${String(title)}.`,
    author: 'Sandbox Store',
    description: `${resource.type} was ${verbWords[verb] ?? verb}: ${String(title)}.`,
    path: verb === 'destroy' ? null : `/admin/${resource.name}/${id}`,
  };
}
