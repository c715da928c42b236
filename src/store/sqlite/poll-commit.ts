import type Database from 'better-sqlite3';
import { type AnyhookEvent, isChange } from '../../event/event.ts';
import type { Feed, PollCommit } from '../port.ts';
import { countReconciled, leaseLost } from '../row/poll-row.ts';
import { checkpoints } from './checkpoints.ts';
import { ledger } from './ledger.ts';
import { stream } from './stream.ts';

/** What a poll leaves behind, in one transaction: events, their deliveries, the ledger and the cursor. */
export function pollCommit(db: Database.Database) {
  const selectOwner = db
    .prepare<[string, string, Feed], string | null>(
      'SELECT owner FROM polls WHERE instance_id = ? AND object = ? AND feed = ?',
    )
    .pluck();
  const moveCursor = db.prepare<[string, number | null, string, string, Feed]>(
    'UPDATE polls SET cursor = ?, start_ms = coalesce(?, start_ms) WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const countLost = db.prepare<[number, string, string, Feed]>(
    'UPDATE polls SET webhooks_lost = webhooks_lost + ? WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const known = ledger(db);
  const parents = checkpoints(db);
  const events = stream(db);

  const commit = db.transaction((poll: PollCommit): readonly AnyhookEvent[] => {
    const { instanceId, object, feed } = poll.key;
    if (selectOwner.get(instanceId, object, feed) !== poll.owner) throw leaseLost(poll.key);
    known.check(poll);
    const stored = events.append(instanceId, poll.events, poll.now);
    if (stored === null) throw leaseLost(poll.key);
    const lost = countReconciled(stored.filter(isChange));
    if (lost > 0) countLost.run(lost, instanceId, object, feed);
    known.write(poll);
    parents.write(poll);
    if (poll.cursor !== undefined) {
      moveCursor.run(JSON.stringify(poll.cursor), poll.startMs ?? null, instanceId, object, feed);
    }
    // What is appended comes back as what it is.
    return stored as readonly AnyhookEvent[];
  });

  return (poll: PollCommit): readonly AnyhookEvent[] => commit.immediate(poll);
}
