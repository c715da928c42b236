/**
 * Each instance has a queue of deliveries: lanes side by side, of which only the heads may go out. What is known of a
 * queue as a whole stands in `streams`. All steps here run in a transaction that holds the locks of the streams.
 */

import type { Delivery } from '../port.ts';
import { type DeliveryRow, deliveryOf } from '../row/delivery-row.ts';
import { laneOf } from '../row/event-row.ts';
import { type Session, sql } from './connection.ts';
import type { AppendedEvent } from './event-log.ts';

/** Fresh deliveries never wait behind retries, so each kind has indexes of its own. */
const headsOf = { fresh: 'is_head AND attempts = 0', retry: 'is_head AND attempts > 0' };

// Asked as a value and not as NOT EXISTS, for which the planner may read all that is pending to answer for a few lanes.
const insert = sql(`WITH added AS (
    INSERT INTO deliveries (event, instance_id, lane, status, is_head, attempts, due_at, free_at, created_at)
    SELECT event, $1, lane, 'pending', place = min(place) OVER (PARTITION BY lane) AND (
        SELECT d.id FROM deliveries AS d
        WHERE d.instance_id = $1 AND d.lane = fresh.lane AND d.status = 'pending' LIMIT 1) IS NULL,
      0, $4::bigint, $4, $4
    FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS fresh (event, lane, place) ORDER BY place
    RETURNING is_head)
  SELECT count(*) FILTER (WHERE is_head) AS heads FROM added`);

const freeStreams = (kind: 'fresh' | 'retry') => `(SELECT instance_id FROM streams
  WHERE is_open AND ${kind}_at <= $1 AND instance_id <> ALL ($2::text[])
  ORDER BY ${kind}_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS ${kind}`;
// Queues by their oldest head: none that is left out has an older one than those that are taken.
const lockFree = sql(`SELECT instance_id FROM ${freeStreams('fresh')}
  UNION SELECT instance_id FROM ${freeStreams('retry')}`);
const lockOldest = sql(`SELECT instance_id FROM streams
  WHERE is_open AND (fresh_at <= $1 OR retry_at <= $1) AND instance_id <> ALL ($2::text[])
  ORDER BY least(fresh_at, retry_at) LIMIT 1 FOR UPDATE`);

const freeHeads = (kind: 'fresh' | 'retry', rank: number) => `(SELECT id, free_at, ${rank} AS rank FROM deliveries
  WHERE instance_id = stream.instance_id AND ${headsOf[kind]} AND free_at <= $2 ORDER BY free_at, id LIMIT $3)`;
const take = sql(`WITH heads AS (
    SELECT head.* FROM unnest($1::text[]) AS stream (instance_id)
    CROSS JOIN LATERAL (${freeHeads('fresh', 0)} UNION ALL ${freeHeads('retry', 1)}) AS head
    ORDER BY rank, free_at, id LIMIT $3
  ), taken AS (
    UPDATE deliveries AS d SET owner = $4, free_at = $5 FROM heads WHERE d.id = heads.id
    RETURNING d.id AS number, d.instance_id, d.lane, d.status, d.attempts, d.due_at, d.created_at, d.event,
      heads.rank, heads.free_at AS was_free_at
  )
  SELECT taken.*, e.id, e.sequence, e.envelope FROM taken JOIN events AS e ON e.number = taken.event
  ORDER BY rank, was_free_at, taken.number`);
const passOn = sql(`UPDATE deliveries SET is_head = true
  WHERE id = ANY (ARRAY(
    SELECT next.id FROM unnest($1::text[], $2::text[]) AS ended (instance_id, lane)
    CROSS JOIN LATERAL (SELECT id FROM deliveries AS d
      WHERE d.instance_id = ended.instance_id AND d.lane = ended.lane AND d.status = 'pending'
      ORDER BY id LIMIT 1) AS next))`);

/**
 * Adds deliveries that are due at once, each behind the others of its record.
 * @returns How many of them stand first in their lane.
 */
export async function addDeliveries(
  session: Session,
  instanceId: string,
  appended: readonly AppendedEvent[],
  now: number,
): Promise<number> {
  const [row] = await session.rows<{ heads: number }>(insert, [
    instanceId,
    appended.map(({ number }) => number),
    appended.map(({ event }) => laneOf(event)),
    now,
  ]);
  return row?.heads ?? 0;
}

/**
 * Locks the queues that have something free, and answers their instances. Those that another is busy with are passed
 * over; only when there are no others is the oldest of them waited for, so that one is never passed over for good.
 */
export async function lockFreeQueues(
  session: Session,
  request: { now: number; limit: number; except: readonly string[] },
): Promise<readonly string[]> {
  const { now, limit, except } = request;
  const free = await session.rows<{ instance_id: string }>(lockFree, [now, except, limit]);
  const locked = free.length > 0 ? free : await session.rows<{ instance_id: string }>(lockOldest, [now, except]);
  return locked.map((row) => row.instance_id);
}

/** Leases the heads of these queues that are due and free, fresh before retries and then oldest first. */
export async function takeHeads(
  session: Session,
  instanceIds: readonly string[],
  { owner, now, leaseMs, limit }: { owner: string; now: number; leaseMs: number; limit: number },
): Promise<readonly Delivery[]> {
  const rows = await session.rows<DeliveryRow>(take, [instanceIds, now, limit, owner, now + leaseMs]);
  return rows.map(deliveryOf);
}

/** The heads of these lanes are done: the next ones move up. */
export async function passOnLanes(
  session: Session,
  lanes: readonly { readonly instance_id: string; readonly lane: string }[],
): Promise<void> {
  await session.run(passOn, [lanes.map((ended) => ended.instance_id), lanes.map((ended) => ended.lane)]);
}
