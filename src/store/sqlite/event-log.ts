import type Database from 'better-sqlite3';
import type { StreamEvent, UnsequencedEvent, UnsequencedNotice } from '../../event/event.ts';
import { type EventRow, eventOf, sequenced } from '../row/event-row.ts';

export interface AppendedEvent<Event extends StreamEvent = StreamEvent> {
  /** The row that deliveries refer to. */
  readonly number: number | bigint;
  readonly event: Event;
}

/** The stream of each instance's events. */
export function eventLog(db: Database.Database) {
  const insert = db.prepare<[string, string, number, string, number]>(
    'INSERT INTO events (id, instance_id, sequence, envelope, stored_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const select = db.prepare<[string], EventRow>(`SELECT id, sequence, envelope FROM events WHERE id = ?
    AND EXISTS (SELECT 1 FROM instances AS i WHERE i.id = events.instance_id AND is_gone = 0)`);
  const selectAfter = db.prepare<[string, number, number], EventRow>(
    `SELECT id, sequence, envelope FROM events WHERE instance_id = ? AND sequence > ?
      AND EXISTS (SELECT 1 FROM instances AS i WHERE i.id = events.instance_id AND is_gone = 0)
    ORDER BY sequence LIMIT ?`,
  );

  return {
    /** Null when the event is already stored. Runs inside the caller's transaction. */
    append(
      instanceId: string,
      sequence: number,
      event: UnsequencedEvent | UnsequencedNotice,
      now: number,
    ): AppendedEvent | null {
      const { changes, lastInsertRowid } = insert.run(event.id, instanceId, sequence, JSON.stringify(event), now);
      return changes === 0 ? null : { number: lastInsertRowid, event: sequenced(event, sequence) };
    },
    get(id: string): StreamEvent | null {
      const row = select.get(id);
      return row === undefined ? null : eventOf(row);
    },
    list(filter: { instanceId: string; after: number; limit: number }): readonly StreamEvent[] {
      return selectAfter.all(filter.instanceId, filter.after, filter.limit).map(eventOf);
    },
  };
}
