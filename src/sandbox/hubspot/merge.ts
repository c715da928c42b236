import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonBody } from '../body.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuse, refuseInvalid } from './answers.ts';
import { showRecord } from './present.ts';
import { findObjectType, type ObjectType } from './schema.ts';
import { propertiesOf } from './shape.ts';

type WithType = FastifyRequest<{ Params: { type: string } }>;

/** Adds the path that merges one record into another: the other is archived, and the primary one takes what it has no value for. */
export function addMergePath(api: FastifyInstance, world: SandboxWorld, base: string): void {
  api.post(`${base}/merge`, async (request: WithType) => {
    const { type: name } = request.params;
    const type = findObjectType(name) ?? refuseInvalid(`Unable to infer object type from: ${name}`);
    const { primaryObjectId, objectIdToMerge } = jsonBody(request.body, answers.unreadable);
    const primary = liveRecord(world, type, String(primaryObjectId));
    const other = liveRecord(world, type, String(objectIdToMerge));
    if (primary.id === other.id) return refuseInvalid('Cannot merge a record with itself');
    const properties = { ...writable(type, other), ...writable(type, primary) };
    world.book.remove(type.name, other.id);
    const merged = world.book.update(type.name, primary.id, { properties }) ?? primary;
    const atMs = world.clock.now();
    const change = {
      kind: 'merge',
      object: type.name,
      id: primary.id,
      before: primary.record,
      after: merged.record,
    } as const;
    world.notifier.take({ ...change, atMs, mergedIds: [other.id] }, atMs + world.faults.current.commitLagMs);
    return showRecord(merged.record, type.defaults);
  });
}

function liveRecord(world: SandboxWorld, type: ObjectType, id: string): StoredRecord {
  const stored = world.book.find(type.name, id, 'latest');
  if (stored === undefined || stored.deleted) return refuse(404, 'OBJECT_NOT_FOUND', `No ${type.label} ${id}`);
  return stored;
}

/** A merge moves what people may set; the stamps and the id are each record's own. */
function writable(type: ObjectType, { record }: StoredRecord): Readonly<Record<string, string>> {
  const fixed = new Set(type.properties.filter((property) => property.readOnly).map((property) => property.name));
  return Object.fromEntries(Object.entries(propertiesOf(record)).filter(([name]) => !fixed.has(name)));
}
