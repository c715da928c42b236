import type Database from 'better-sqlite3';
import type { AnyhookEvent } from '../../event/event.ts';
import type { Feed, PollCommit } from '../port.ts';
import { countReconciled, leaseLost } from '../row/poll-row.ts';
import { checkpoints } from './checkpoints.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { eventLog } from './event-log.ts';
import { ledger } from './ledger.ts';

interface InstanceState {
  last_sequence: number;
  has_callback: number;
}

/** What a poll leaves behind, in one transaction: events, their deliveries, the ledger and the cursor. */
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
  const moveCursor = db.prepare<[string, number | null, string, string, Feed]>(
    'UPDATE polls SET cursor = ?, start_ms = coalesce(?, start_ms) WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const countLost = db.prepare<[number, string, string, Feed]>(
    'UPDATE polls SET webhooks_lost = webhooks_lost + ? WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const known = ledger(db);
  const parents = checkpoints(db);
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
    const lost = countReconciled(stored);
    if (lost > 0) countLost.run(lost, instanceId, object, feed);
    known.write(poll);
    parents.write(poll);
    if (poll.cursor !== undefined) {
      moveCursor.run(JSON.stringify(poll.cursor), poll.startMs ?? null, instanceId, object, feed);
    }
    return stored;
  });

  return (poll: PollCommit): readonly AnyhookEvent[] => commit.immediate(poll);
}
