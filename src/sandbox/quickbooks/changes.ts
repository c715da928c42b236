import type { Json, JsonObject } from '../json.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuseMissing, refuseProperty } from './answers.ts';
import { parseDateTime } from './dates.ts';
import { type Entity, findByPath } from './schema.ts';
import { shape } from './shape.ts';

const lookBackMs = 30 * 86_400_000;
/** In one answer, over all entities; there is no next page. */
const maxObjects = 1000;

/** `GET /cdc`: what changed of each entity since an instant, deleted transactions as stubs. */
export function listChanges(world: SandboxWorld, parameters: Readonly<Record<string, string>>): JsonObject {
  const entities = entitiesOf(parameters.entities);
  const sinceMs = sinceOf(parameters.changedSince, world.clock.now());
  let room = world.faults.current.resultCap ?? maxObjects;
  const parts = entities.map((entity) => {
    const changed = changedSince(world, entity, sinceMs).slice(0, room);
    room -= changed.length;
    if (changed.length === 0) return {};
    const hasStubs = changed.some(({ status }) => status === 'Deleted');
    const counts = { startPosition: 1, maxResults: changed.length };
    return { [entity.name]: changed, ...counts, ...(hasStubs ? { totalCount: changed.length } : {}) };
  });
  return { CDCResponse: [{ QueryResponse: parts }] };
}

function entitiesOf(names: string | undefined): readonly Entity[] {
  if (names === undefined || names.trim() === '') return refuseMissing('entities');
  return names
    .split(',')
    .map(
      (name) =>
        findByPath(name.trim()) ?? refuseProperty(`Entity ${name.trim()} is not supported for change data capture`),
    );
}

function sinceOf(text: string | undefined, nowMs: number): number {
  if (text === undefined || text === '') return refuseMissing('changedSince');
  const sinceMs = parseDateTime(text) ?? refuseProperty(`changedSince ${text} is no date and time`, 'changedSince');
  if (sinceMs < nowMs - lookBackMs) refuseProperty('changedSince must be within the last 30 days', 'changedSince');
  return sinceMs;
}

function changedSince(world: SandboxWorld, entity: Entity, sinceMs: number): readonly JsonObject[] {
  const at = ({ record }: StoredRecord): number => shape.modifiedAtMs(entity.name, record);
  return world.book
    .list(entity.name, 'committed')
    .filter((stored) => at(stored) >= sinceMs)
    .toSorted((left, right) => at(left) - at(right))
    .map((stored) => present(entity, stored));
}

function present(entity: Entity, { id, record, deleted }: StoredRecord): JsonObject {
  if (!deleted) return record;
  if (entity.kind === 'nameList') return { ...record, Active: false };
  const { LastUpdatedTime = null } = (record.MetaData ?? {}) as Readonly<Record<string, Json>>;
  return { domain: 'QBO', status: 'Deleted', Id: id, MetaData: { LastUpdatedTime } };
}
