import type { Attempt } from '../port.ts';
import { type AttemptRow, attemptOf } from '../row/delivery-row.ts';
import { type Connection, type Session, sql } from './connection.ts';

const insert = sql(`INSERT INTO attempts (delivery, number, at, duration_ms, status, failure_code, failure_message)
  SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::float8[], $5::integer[], $6::text[], $7::text[])`);
const select = sql(`SELECT a.delivery, a.number, a.at, a.duration_ms, a.status, a.failure_code, a.failure_message
  FROM events AS e JOIN deliveries AS d ON d.event = e.number JOIN attempts AS a ON a.delivery = d.id
    JOIN streams AS s ON s.instance_id = e.instance_id
  WHERE e.id = $1 ORDER BY a.delivery, a.number`);

/** Runs inside the caller's transaction. */
export async function addAttempts(
  session: Session,
  made: readonly { readonly delivery: number; readonly attempt: Attempt }[],
): Promise<void> {
  await session.run(insert, [
    made.map(({ delivery }) => delivery),
    made.map(({ attempt }) => attempt.number),
    made.map(({ attempt }) => attempt.at),
    made.map(({ attempt }) => attempt.durationMs),
    made.map(({ attempt }) => attempt.status),
    made.map(({ attempt }) => attempt.failure?.code ?? null),
    made.map(({ attempt }) => attempt.failure?.message ?? null),
  ]);
}

/** Each try to deliver an event. */
export function attempts(connection: Connection) {
  return {
    async list(eventId: string): Promise<readonly Attempt[]> {
      const rows = await connection.rows<AttemptRow>(select, [eventId]);
      return rows.map((row) => attemptOf(row, eventId));
    },
  };
}
