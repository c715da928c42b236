/** Takes away what nobody needs any more, a little at a time, so that the others never wait long. */
import type { Store } from '../port.ts';
import { type Connection, type Session, sql } from './connection.ts';
import { streams } from './streams.ts';

type PurgeRequest = Parameters<Store['purgeEvents']>[0];
type Purged = Awaited<ReturnType<Store['purgeEvents']>>;

/** How many instances one step looks at. */
const instancesAStep = 500;

const selectOldest = sql(`SELECT coalesce(
    (SELECT sequence FROM events AS e WHERE e.instance_id = s.instance_id ORDER BY sequence LIMIT 1),
    last_sequence + 1) AS sequence
  FROM streams AS s WHERE instance_id = $1`);
const selectAged = sql(`SELECT s.instance_id AS id, e.stored_at
  FROM (SELECT instance_id FROM streams WHERE instance_id > $1 ORDER BY instance_id LIMIT $2) AS s
  LEFT JOIN LATERAL (SELECT stored_at FROM events WHERE instance_id = s.instance_id ORDER BY sequence LIMIT 1) AS e ON true
  ORDER BY s.instance_id`);
// Sequences stay contiguous: what cannot go keeps those behind it.
const purge = sql(`WITH oldest AS MATERIALIZED (
    SELECT number, sequence, stored_at >= $2 OR EXISTS (
      SELECT FROM deliveries AS d WHERE d.event = events.number AND d.status = 'pending') AS is_kept
    FROM events WHERE instance_id = $1 ORDER BY sequence LIMIT $3)
  DELETE FROM events WHERE number = ANY (ARRAY(SELECT number FROM oldest
    WHERE sequence < coalesce((SELECT min(sequence) FROM oldest WHERE is_kept), sequence + 1)))`);
const selectGone = sql('SELECT id FROM instances WHERE is_gone LIMIT 1 FOR UPDATE SKIP LOCKED');
const removeEvents = sql(`DELETE FROM events WHERE number = ANY (ARRAY(
  SELECT number FROM events WHERE instance_id = $1 ORDER BY sequence LIMIT $2))`);
const removeLedger = sql(`DELETE FROM ledger WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM ledger WHERE instance_id = $1 LIMIT $2))`);
const removeInstance = sql('DELETE FROM instances WHERE id = $1');

export function removal(connection: Connection) {
  return {
    async oldest(instanceId: string): Promise<number | null> {
      const [row] = await connection.rows<{ sequence: number }>(selectOldest, [instanceId]);
      return row?.sequence ?? null;
    },
    async purge({ before, after, limit }: PurgeRequest): Promise<Purged> {
      const instances = await connection.rows<{ id: string; stored_at: number | null }>(selectAged, [
        after ?? '',
        instancesAStep,
      ]);
      let purged = 0;
      let seen = after;
      for (const { id, stored_at } of instances) {
        const left = limit - purged;
        const isAged = stored_at !== null && stored_at < before;
        const removed = isAged ? await connection.transaction((session) => purgeOne(session, id, before, left)) : 0;
        purged += removed;
        // It may have more.
        if (removed === left) return { purged, after: seen ?? '' };
        seen = id;
      }
      return { purged, after: instances.length < instancesAStep ? null : seen };
    },
    sweep(limit: number): Promise<boolean> {
      return connection.transaction(async (session) => {
        const [gone] = await session.rows<{ id: string }>(selectGone);
        if (gone === undefined) return false;
        const removed =
          (await session.run(removeEvents, [gone.id, limit])) ||
          (await session.run(removeLedger, [gone.id, limit])) ||
          (await session.run(removeInstance, [gone.id]));
        return removed > 0;
      });
    },
  };
}

/** Under the lock of the stream, so that no delivery of these events is made or put back meanwhile. */
async function purgeOne(session: Session, id: string, before: number, limit: number): Promise<number> {
  if ((await streams.lock(session, id)) === undefined) return 0;
  return session.run(purge, [id, before, limit]);
}
