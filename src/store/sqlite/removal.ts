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
  const selectEnd = db
    .prepare<[string, number], string>(
      'SELECT id FROM instances WHERE id > ? AND is_gone = 0 ORDER BY id LIMIT 1 OFFSET ?',
    )
    .pluck();
  const selectAged = db
    .prepare<[{ after: string; end: string | null; before: number }], string>(`SELECT id FROM instances AS i
    WHERE id > @after AND (@end IS NULL OR id <= @end) AND is_gone = 0
      AND (SELECT stored_at FROM events AS e WHERE e.instance_id = i.id ORDER BY sequence LIMIT 1) < @before
    ORDER BY id`)
    .pluck();
  // Sequences stay contiguous: what cannot go keeps those behind it.
  const purge = db.prepare<[{ id: string; before: number; limit: number }]>(`WITH oldest AS (
      SELECT number, sequence, stored_at >= @before OR EXISTS (
        SELECT 1 FROM deliveries AS d WHERE d.event = events.number AND d.status = 'pending') AS is_kept
      FROM events WHERE instance_id = @id ORDER BY sequence LIMIT @limit)
    DELETE FROM events WHERE number IN (SELECT number FROM oldest
      WHERE sequence < coalesce((SELECT min(sequence) FROM oldest WHERE is_kept), sequence + 1))`);
  const selectGone = db
    .prepare<[], string>(`SELECT id FROM instances WHERE is_gone = 1
      AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE instance_id = instances.id) LIMIT 1`)
    .pluck();
  const removeEvents = db.prepare<[string, number]>(`DELETE FROM events WHERE number IN (
    SELECT number FROM events WHERE instance_id = ? ORDER BY sequence LIMIT ?)`);
  const removeLedger = db.prepare<[{ id: string; limit: number }]>(`DELETE FROM ledger
    WHERE instance_id = @id AND (object, record_id) IN (
      SELECT object, record_id FROM ledger WHERE instance_id = @id LIMIT @limit)`);
  const removeInstance = db.prepare<[string]>('DELETE FROM instances WHERE id = ?');

  const purgeSome = db.transaction(({ before, after, limit }: PurgeRequest): Purged => {
    const end = selectEnd.get(after ?? '', instancesAStep - 1) ?? null;
    let purged = 0;
    let done = after ?? '';
    for (const id of selectAged.all({ after: done, end, before })) {
      const left = limit - purged;
      const removed = purge.run({ id, before, limit: left }).changes;
      purged += removed;
      // It may have more.
      if (removed === left) return { purged, after: done };
      done = id;
    }
    return { purged, after: end };
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
