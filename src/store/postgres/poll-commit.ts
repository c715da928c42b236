import { type AnyhookEvent, isChange } from '../../event/event.ts';
import type { PollCommit } from '../port.ts';
import { countReconciled, leaseLost } from '../row/poll-row.ts';
import { writeCheckpoint } from './checkpoints.ts';
import { type Connection, type Session, sql } from './connection.ts';
import { checkLedger, writeLedger } from './ledger.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';

// Moves the cursor, with which the start comes, and holds the lease until the end of the transaction: who takes it next sees all of it.
const holdLease = sql(`UPDATE polls SET cursor = coalesce($5, cursor),
    start_ms = CASE WHEN $5::text IS NULL THEN start_ms ELSE coalesce($6, start_ms) END
  WHERE instance_id = $1 AND object = $2 AND feed = $3 AND owner = $4`);
const countLost = sql(`UPDATE polls SET webhooks_lost = webhooks_lost + $4
  WHERE instance_id = $1 AND object = $2 AND feed = $3`);

/** What a poll leaves behind, in one transaction: events, their deliveries, the ledger and the cursor. */
export function pollCommit(connection: Connection) {
  return (poll: PollCommit): Promise<readonly AnyhookEvent[]> =>
    connection.transaction((session) => commit(session, poll));
}

async function commit(session: Session, poll: PollCommit): Promise<readonly AnyhookEvent[]> {
  const { instanceId, object, feed } = poll.key;
  const writes = poll.events.length + poll.ledger.length > 0;
  const stream = writes ? await streams.lock(session, instanceId) : undefined;
  const position = [poll.cursor === undefined ? null : JSON.stringify(poll.cursor), poll.startMs ?? null];
  const held = await session.run(holdLease, [instanceId, object, feed, poll.owner, ...position]);
  if (held === 0) throw leaseLost(poll.key);
  await checkLedger(session, poll);
  const stored = stream === undefined ? [] : await appendToStream(session, instanceId, stream, poll.events, poll.now);
  const lost = countReconciled(stored.filter(isChange));
  if (lost > 0) await session.run(countLost, [instanceId, object, feed, lost]);
  await writeLedger(session, poll);
  await writeCheckpoint(session, poll);
  // What is appended comes back as what it is.
  return stored as readonly AnyhookEvent[];
}
