import type Database from 'better-sqlite3';
import type { AnyhookEvent, UnsequencedEvent } from '../../event/event.ts';
import { type EventRow, eventOf, sequenced } from '../row/event-row.ts';

export interface AppendedEvent {
  /** The row that deliveries refer to. */
  readonly number: number | bigint;
  readonly event: AnyhookEvent;
}

/** The stream of each instance's events. */
export function eventLog(db: Database.Database) {
  const insert = db.prepare<[string, string, number, string]>(
    'INSERT INTO events (id, instance_id, sequence, envelope) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const select = db.prepare<[string], EventRow>('SELECT id, sequence, envelope FROM events WHERE id = ?');
  const selectAfter = db.prepare<[string, number, number], EventRow>(
    'SELECT id, sequence, envelope FROM events WHERE instance_id = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );

  return {
    /** Null when the event is already stored. Runs inside the caller's transaction. */
    append(instanceId: string, sequence: number, event: UnsequencedEvent): AppendedEvent | null {
      const { changes, lastInsertRowid } = insert.run(event.id, instanceId, sequence, JSON.stringify(event));
      return changes === 0 ? null : { number: lastInsertRowid, event: sequenced(event, sequence) };
    },
    get(id: string): AnyhookEvent | null {
      const row = select.get(id);
      return row === undefined ? null : eventOf(row);
    },
    list(filter: { instanceId: string; after: number; limit: number }): readonly AnyhookEvent[] {
      return selectAfter.all(filter.instanceId, filter.after, filter.limit).map(eventOf);
    },
  };
}
