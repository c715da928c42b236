/** Takes away what nobody needs any more, a little at a time, so that the others never wait long. */
import type Database from 'better-sqlite3';
import type { Store } from '../port.ts';

type PurgeRequest = Parameters<Store['purgeEvents']>[0];
type Purged = Awaited<ReturnType<Store['purgeEvents']>>;

/** How many instances one step looks at. */
const instancesAStep = 500;

export function removal(db: Database.Database) {
  const selectOldest = db
    .prepare<[string], number | null>(`SELECT coalesce((SELECT min(sequence) FROM events WHERE instance_id = i.id),
      last_sequence + 1) FROM instances AS i WHERE id = ? AND is_gone = 0`)
    .pluck();
  const selectAged = db.prepare<[string, number], { id: string; stored_at: number | null }>(`SELECT id,
      (SELECT stored_at FROM events AS e WHERE e.instance_id = i.id ORDER BY sequence LIMIT 1) AS stored_at
    FROM instances AS i WHERE id > ? AND is_gone = 0 ORDER BY id LIMIT ?`);
  // Sequences stay contiguous: what cannot go keeps those behind it.
  const purge = db.prepare<[{ id: string; before: number; limit: number }]>(`WITH oldest AS (
      SELECT number, sequence, stored_at >= @before OR EXISTS (
        SELECT 1 FROM deliveries AS d WHERE d.event = events.number AND d.status = 'pending') AS is_kept
      FROM events WHERE instance_id = @id ORDER BY sequence LIMIT @limit)
    DELETE FROM events WHERE number IN (SELECT number FROM oldest
      WHERE sequence < coalesce((SELECT min(sequence) FROM oldest WHERE is_kept), sequence + 1))`);
  const selectGone = db.prepare<[], string>('SELECT id FROM instances WHERE is_gone = 1 LIMIT 1').pluck();
  const removeEvents = db.prepare<[string, number]>(`DELETE FROM events WHERE number IN (
    SELECT number FROM events WHERE instance_id = ? ORDER BY sequence LIMIT ?)`);
  const removeLedger = db.prepare<[{ id: string; limit: number }]>(`DELETE FROM ledger
    WHERE instance_id = @id AND (object, record_id) IN (
      SELECT object, record_id FROM ledger WHERE instance_id = @id LIMIT @limit)`);
  const removeInstance = db.prepare<[string]>('DELETE FROM instances WHERE id = ?');

  const purgeSome = db.transaction(({ before, after, limit }: PurgeRequest): Purged => {
    const instances = selectAged.all(after ?? '', instancesAStep);
    let purged = 0;
    let seen = after;
    for (const { id, stored_at } of instances) {
      const left = limit - purged;
      const removed = stored_at !== null && stored_at < before ? purge.run({ id, before, limit: left }).changes : 0;
      purged += removed;
      // It may have more.
      if (removed === left) return { purged, after: seen ?? '' };
      seen = id;
    }
    return { purged, after: instances.length < instancesAStep ? null : seen };
  });

  const sweep = db.transaction((limit: number): boolean => {
    const id = selectGone.get();
    if (id === undefined) return false;
    const removed =
      removeEvents.run(id, limit).changes || removeLedger.run({ id, limit }).changes || removeInstance.run(id).changes;
    return removed > 0;
  });

  return {
    oldest: (instanceId: string): number | null => selectOldest.get(instanceId) ?? null,
    purge: (request: PurgeRequest): Purged => purgeSome.immediate(request),
    sweep: (limit: number): boolean => sweep.immediate(limit),
  };
}
