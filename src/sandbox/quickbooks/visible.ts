import type { JsonObject } from '../json.ts';
import type { RecordBook, StoredRecord } from '../records.ts';
import type { Entity } from './schema.ts';

/** A record as the API shows it: a removed one of a name list is there, inactive; a removed transaction is gone. */
function show(entity: Entity, { record, deleted }: StoredRecord): JsonObject | undefined {
  if (!deleted) return record;
  return entity.kind === 'nameList' ? { ...record, Active: false } : undefined;
}

/** Every record of an entity that the API shows. */
export function listVisible(book: RecordBook, entity: Entity): readonly JsonObject[] {
  return book
    .list(entity.name, 'committed')
    .map((stored) => show(entity, stored))
    .filter((record) => record !== undefined);
}

/** One record that the API shows; `latest` is what writes are held against, whatever the lags hide. */
export function findVisible(
  book: RecordBook,
  entity: Entity,
  id: string,
  view: 'committed' | 'latest' = 'committed',
): JsonObject | undefined {
  const stored = book.find(entity.name, id, view);
  return stored === undefined ? undefined : show(entity, stored);
}
