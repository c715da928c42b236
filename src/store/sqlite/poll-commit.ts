import type Database from 'better-sqlite3';
import type { AnyhookEvent } from '../../event/event.ts';
import type { Feed, LedgerEntry, PollCommit, PollKey } from '../port.ts';
import { leaseLost } from '../row/poll-row.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { eventLog } from './event-log.ts';

interface LedgerRow {
  version: string;
  changed_at: number;
  deleted: number;
}

interface InstanceState {
  last_sequence: number;
  has_callback: number;
}

/** What a poll reads and leaves behind: events, their deliveries, the ledger and the cursor. */
export function pollCommit(db: Database.Database) {
  const selectOwner = db
    .prepare<[string, string, Feed], string | null>(
      'SELECT owner FROM polls WHERE instance_id = ? AND object = ? AND feed = ?',
    )
    .pluck();
  const selectInstance = db.prepare<[string], InstanceState>(
    'SELECT last_sequence, callback_url IS NOT NULL AS has_callback FROM instances WHERE id = ?',
  );
  const moveSequence = db.prepare<[number, string]>('UPDATE instances SET last_sequence = ? WHERE id = ?');
  const moveCursor = db.prepare<[number, number | null, string, string, Feed]>(
    'UPDATE polls SET cursor_ms = ?, start_ms = coalesce(?, start_ms) WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const selectEntry = db.prepare<[string, string, string], LedgerRow>(
    'SELECT version, changed_at, deleted FROM ledger WHERE instance_id = ? AND object = ? AND record_id = ?',
  );
  const upsertEntry = db.prepare<[string, string, string, string, number, number]>(`INSERT INTO ledger
      (instance_id, object, record_id, version, changed_at, deleted) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, deleted = excluded.deleted`);
  const forget = db.prepare<[string, string, number, number]>(
    'DELETE FROM ledger WHERE instance_id = ? AND object = ? AND deleted = ? AND changed_at < ?',
  );
  const log = eventLog(db);
  const queue = deliveryQueue(db);

  function storeEvents({ key, events, now }: PollCommit): readonly AnyhookEvent[] {
    const instance = selectInstance.get(key.instanceId);
    if (instance === undefined) throw leaseLost(key);
    const stored: AnyhookEvent[] = [];
    for (const event of events) {
      const sequence = instance.last_sequence + stored.length + 1;
      const appended = log.append(key.instanceId, sequence, event);
      if (appended === null) continue;
      stored.push(appended.event);
      if (instance.has_callback === 1) queue.add(key.instanceId, appended, now);
    }
    if (stored.length === 0) return stored;
    moveSequence.run(instance.last_sequence + stored.length, key.instanceId);
    if (instance.has_callback === 1) queue.refresh(key.instanceId);
    return stored;
  }

  const commit = db.transaction((poll: PollCommit): readonly AnyhookEvent[] => {
    const { instanceId, object, feed } = poll.key;
    if (selectOwner.get(instanceId, object, feed) !== poll.owner) throw leaseLost(poll.key);
    const stored = storeEvents(poll);
    for (const { recordId, version, changedAt, deleted } of poll.ledger) {
      upsertEntry.run(instanceId, object, recordId, version, changedAt, deleted ? 1 : 0);
    }
    if (poll.cursorMs !== undefined) moveCursor.run(poll.cursorMs, poll.startMs ?? null, instanceId, object, feed);
    if (poll.forgetBeforeMs !== undefined) {
      forget.run(instanceId, object, feed === 'deletes' ? 1 : 0, poll.forgetBeforeMs);
    }
    return stored;
  });

  return {
    commit(poll: PollCommit): readonly AnyhookEvent[] {
      return commit.immediate(poll);
    },
    ledger(key: PollKey, recordIds: readonly string[]): ReadonlyMap<string, LedgerEntry> {
      const entries = new Map<string, LedgerEntry>();
      for (const recordId of recordIds) {
        const row = selectEntry.get(key.instanceId, key.object, recordId);
        if (row === undefined) continue;
        const { version, changed_at: changedAt, deleted } = row;
        entries.set(recordId, { recordId, version, changedAt, deleted: deleted === 1 });
      }
      return entries;
    },
  };
}
