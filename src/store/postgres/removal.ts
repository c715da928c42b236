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
const selectEnd = sql(
  'SELECT instance_id AS id FROM streams WHERE instance_id > $1 ORDER BY instance_id LIMIT 1 OFFSET $2',
);
const selectAged = sql(`SELECT instance_id AS id FROM streams AS s
  WHERE instance_id > $1 AND ($2::text IS NULL OR instance_id <= $2)
    AND (SELECT stored_at FROM events AS e WHERE e.instance_id = s.instance_id ORDER BY sequence LIMIT 1) < $3
  ORDER BY instance_id`);
// Sequences stay contiguous: what cannot go keeps those behind it.
const purge = sql(`WITH oldest AS MATERIALIZED (
    SELECT number, sequence, stored_at >= $2 OR EXISTS (
      SELECT FROM deliveries AS d WHERE d.event = events.number AND d.status = 'pending') AS is_kept
    FROM events WHERE instance_id = $1 ORDER BY sequence LIMIT $3)
  DELETE FROM events WHERE number = ANY (ARRAY(SELECT number FROM oldest
    WHERE sequence < coalesce((SELECT min(sequence) FROM oldest WHERE is_kept), sequence + 1)))`);
const selectGone = sql(`SELECT id FROM instances WHERE is_gone
    AND NOT EXISTS (SELECT FROM subscriptions AS s WHERE s.instance_id = instances.id)
  LIMIT 1 FOR UPDATE SKIP LOCKED`);
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
      let done = after ?? '';
      const [last] = await connection.rows<{ id: string }>(selectEnd, [done, instancesAStep - 1]);
      const end = last?.id ?? null;
      let purged = 0;
      for (const { id } of await connection.rows<{ id: string }>(selectAged, [done, end, before])) {
        const left = limit - purged;
        const removed = await connection.transaction((session) => purgeOne(session, id, before, left));
        purged += removed;
        // It may have more.
        if (removed === left) return { purged, after: done };
        done = id;
      }
      return { purged, after: end };
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
