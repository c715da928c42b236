/**
 * The row that stands for all of an instance's stream and queue. Its lock comes first in every step that changes them,
 * and locks of several rows are taken in the order of their ids, so that no two steps wait for each other.
 */
import { type Session, sql } from './connection.ts';

export interface Stream {
  readonly last_sequence: number;
  readonly has_callback: boolean;
}

const insert = sql('INSERT INTO streams (instance_id, has_callback, is_open) VALUES ($1, $2, $3)');
const lock = sql('SELECT last_sequence, has_callback FROM streams WHERE instance_id = $1 FOR UPDATE');
const lockOfDeliveries = sql(`SELECT instance_id FROM streams
  WHERE instance_id = ANY (ARRAY(SELECT instance_id FROM deliveries WHERE id = ANY ($1::bigint[])))
  ORDER BY instance_id FOR UPDATE`);
const lockOfOwner = sql(`SELECT instance_id FROM streams
  WHERE instance_id = ANY (ARRAY(SELECT instance_id FROM deliveries WHERE owner = $1))
  ORDER BY instance_id FOR UPDATE`);
const setCallback = sql('UPDATE streams SET has_callback = $2, is_open = $3 WHERE instance_id = $1');
const remove = sql('DELETE FROM streams WHERE instance_id = $1');
const close = sql('UPDATE streams SET is_open = false WHERE instance_id = ANY ($1::text[])');
// A head that is added is fresh and due at once, so it can only bring the first of them forward.
const advance = sql(`UPDATE streams SET last_sequence = last_sequence + $2,
    fresh_at = CASE WHEN $3::boolean THEN least(fresh_at, $4) ELSE fresh_at END
  WHERE instance_id = $1`);
const refresh = sql(`UPDATE streams AS s SET
    fresh_at = (SELECT min(free_at) FROM deliveries AS d
      WHERE d.instance_id = s.instance_id AND d.is_head AND d.attempts = 0),
    retry_at = (SELECT min(free_at) FROM deliveries AS d
      WHERE d.instance_id = s.instance_id AND d.is_head AND d.attempts > 0)
  WHERE instance_id = ANY ($1::text[])`);
const selectNext = sql(`SELECT least((SELECT min(fresh_at) FROM streams WHERE is_open),
  (SELECT min(retry_at) FROM streams WHERE is_open)) AS at`);

/** Steps inside the caller's transaction. */
export const streams = {
  async create(session: Session, instanceId: string, hasCallback: boolean, isOpen: boolean): Promise<void> {
    await session.run(insert, [instanceId, hasCallback, isOpen]);
  },
  /** Undefined when the instance is gone. */
  async lock(session: Session, instanceId: string): Promise<Stream | undefined> {
    const [stream] = await session.rows<Stream>(lock, [instanceId]);
    return stream;
  },
  async lockOfDeliveries(session: Session, deliveryIds: readonly number[]): Promise<void> {
    await session.rows(lockOfDeliveries, [deliveryIds]);
  },
  async lockOfOwner(session: Session, owner: string): Promise<void> {
    await session.rows(lockOfOwner, [owner]);
  },
  /** What waits in a closed queue is kept, and not leased. */
  async setCallback(session: Session, instanceId: string, hasCallback: boolean, isOpen: boolean): Promise<void> {
    await session.run(setCallback, [instanceId, hasCallback, isOpen]);
  },
  /** The instance is gone: nothing is appended, leased or finished any more. */
  async remove(session: Session, instanceId: string): Promise<void> {
    await session.run(remove, [instanceId]);
  },
  async close(session: Session, instanceIds: readonly string[]): Promise<void> {
    await session.run(close, [instanceIds]);
  },
  /** Counts events that were stored; `hasNewHead` when a delivery of them stands first in its lane. */
  async advance(
    session: Session,
    instanceId: string,
    { events, hasNewHead, now }: { events: number; hasNewHead: boolean; now: number },
  ): Promise<void> {
    await session.run(advance, [instanceId, events, hasNewHead, now]);
  },
  /** Brings what is known of the queues as a whole in line with their heads. */
  async refresh(session: Session, instanceIds: Iterable<string>): Promise<void> {
    const ids = [...new Set(instanceIds)];
    if (ids.length > 0) await session.run(refresh, [ids]);
  },
  /** When the next head is free; null when nothing waits in an open queue. */
  async nextDueAt(session: Session): Promise<number | null> {
    const [row] = await session.rows<{ at: number | null }>(selectNext);
    return row?.at ?? null;
  },
};
