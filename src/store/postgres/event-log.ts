import type { StreamEvent, UnsequencedEvent, UnsequencedNotice } from '../../event/event.ts';
import { type EventRow, eventOf, sequenced } from '../row/event-row.ts';
import { type Connection, type Session, sql } from './connection.ts';

export interface AppendedEvent {
  /** The row that deliveries refer to. */
  readonly number: number;
  readonly event: StreamEvent;
}

// Whether an event is known is asked before it is numbered: a conflict would leave a gap. Asked as a value, event by
// event, for which the planner has no other way than the index.
const append = sql(`WITH fresh AS (
    SELECT id, envelope, place FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS found (id, envelope, place)
    WHERE (SELECT number FROM events WHERE events.id = found.id) IS NULL)
  INSERT INTO events (id, instance_id, sequence, envelope, stored_at)
  SELECT id, $1, $2::bigint + row_number() OVER (ORDER BY place), envelope, $5::bigint FROM fresh ORDER BY place
  RETURNING number, id, sequence`);
// An instance that is gone has no stream.
const isThere = 'EXISTS (SELECT FROM streams AS s WHERE s.instance_id = events.instance_id)';
const select = sql(`SELECT id, sequence, envelope FROM events WHERE id = $1 AND ${isThere}`);
const selectAfter = sql(
  `SELECT id, sequence, envelope FROM events WHERE instance_id = $1 AND sequence > $2 AND ${isThere}
    ORDER BY sequence LIMIT $3`,
);

/**
 * Stores the events that are new behind the last one. The caller's transaction holds the lock of the stream.
 * @returns Those that were new, in order.
 */
export async function appendEvents(
  session: Session,
  instanceId: string,
  lastSequence: number,
  events: readonly (UnsequencedEvent | UnsequencedNotice)[],
  now: number,
): Promise<readonly AppendedEvent[]> {
  const ids = new Set<string>();
  const found = events.filter(({ id }) => !ids.has(id) && ids.add(id));
  const rows = await session.rows<{ number: number; id: string; sequence: number }>(append, [
    instanceId,
    lastSequence,
    found.map((event) => event.id),
    found.map((event) => JSON.stringify(event)),
    now,
  ]);
  const stored = new Map(rows.map((row) => [row.id, row]));
  return found.flatMap((event) => {
    const row = stored.get(event.id);
    return row === undefined ? [] : [{ number: row.number, event: sequenced(event, row.sequence) }];
  });
}

/** The stream of each instance's events. */
export function eventLog(connection: Connection) {
  return {
    async get(id: string): Promise<StreamEvent | null> {
      const [row] = await connection.rows<EventRow>(select, [id]);
      return row === undefined ? null : eventOf(row);
    },
    async list(filter: { instanceId: string; after: number; limit: number }): Promise<readonly StreamEvent[]> {
      const rows = await connection.rows<EventRow>(selectAfter, [filter.instanceId, filter.after, filter.limit]);
      return rows.map(eventOf);
    },
  };
}
