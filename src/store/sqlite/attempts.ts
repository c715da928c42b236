import type Database from 'better-sqlite3';
import type { Attempt } from '../port.ts';
import { type AttemptRow, attemptOf } from '../row/delivery-row.ts';

/** Each try to deliver an event. */
export function attempts(db: Database.Database) {
  const insert = db.prepare(`INSERT INTO attempts
      (delivery, number, at, duration_ms, status, failure_code, failure_message) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const select = db.prepare<[string], AttemptRow>(`SELECT a.delivery, a.number, a.at, a.duration_ms, a.status,
      a.failure_code, a.failure_message
    FROM events AS e JOIN deliveries AS d ON d.event = e.number JOIN attempts AS a ON a.delivery = d.id
      JOIN instances AS i ON i.id = e.instance_id AND i.is_gone = 0
    WHERE e.id = ? ORDER BY a.delivery, a.number`);

  return {
    /** Runs inside the caller's transaction. */
    add(delivery: number, { number, at, durationMs, status, failure }: Attempt): void {
      insert.run(delivery, number, at, durationMs, status, failure?.code ?? null, failure?.message ?? null);
    },
    list(eventId: string): readonly Attempt[] {
      return select.all(eventId).map((row) => attemptOf(row, eventId));
    },
  };
}
