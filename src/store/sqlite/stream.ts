/** An instance's stream: events behind one another without a gap, and a delivery for each where there is a callback. */
import type Database from 'better-sqlite3';
import type { StreamEvent, UnsequencedEvent, UnsequencedNotice } from '../../event/event.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { eventLog } from './event-log.ts';

interface InstanceState {
  last_sequence: number;
  has_callback: number;
}

export function stream(db: Database.Database) {
  const select = db.prepare<[string], InstanceState>(
    'SELECT last_sequence, callback_url IS NOT NULL AS has_callback FROM instances WHERE id = ?',
  );
  const move = db.prepare<[number, string]>('UPDATE instances SET last_sequence = ? WHERE id = ?');
  const log = eventLog(db);
  const queue = deliveryQueue(db);

  return {
    /** Answers the events that were new; null when the instance is gone. Runs inside the caller's transaction. */
    append(
      instanceId: string,
      events: readonly (UnsequencedEvent | UnsequencedNotice)[],
      now: number,
    ): readonly StreamEvent[] | null {
      const instance = select.get(instanceId);
      if (instance === undefined) return null;
      const stored: StreamEvent[] = [];
      for (const event of events) {
        const appended = log.append(instanceId, instance.last_sequence + stored.length + 1, event, now);
        if (appended === null) continue;
        stored.push(appended.event);
        if (instance.has_callback === 1) queue.add(instanceId, appended, now);
      }
      if (stored.length === 0) return stored;
      move.run(instance.last_sequence + stored.length, instanceId);
      if (instance.has_callback === 1) queue.refresh(instanceId);
      return stored;
    },
  };
}
