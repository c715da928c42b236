import { type AnyhookEvent, isChange } from '../../event/event.ts';
import type { PollCommit } from '../port.ts';
import { countReconciled, leaseLost } from '../row/poll-row.ts';
import { writeCheckpoint } from './checkpoints.ts';
import type { Connection, Session } from './connection.ts';
import { checkLedger, writeLedger } from './ledger.ts';
import { pollKey } from './poll-key.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';

/** What a poll leaves behind, in one transaction: events, their deliveries, the ledger and the cursor. */
export function pollCommit({ transaction }: Connection) {
  return (poll: PollCommit): Promise<readonly AnyhookEvent[]> => transaction((session) => commit(session, poll));
}

async function commit(session: Session, poll: PollCommit): Promise<readonly AnyhookEvent[]> {
  const { instanceId } = poll.key;
  const writes = poll.events.length + poll.ledger.length > 0;
  const stream = writes ? await streams.lock(session, instanceId) : undefined;
  await moveCursor(session, poll);
  await checkLedger(session, poll);
  const stored = stream === undefined ? [] : await appendToStream(session, instanceId, stream, poll.events, poll.now);
  await countLost(session, poll, countReconciled(stored.filter(isChange)));
  await writeLedger(session, poll);
  await writeCheckpoint(session, poll);
  // What is appended comes back as what it is.
  return stored as readonly AnyhookEvent[];
}

/**
 * Holds the lease until the end of the transaction, even where no cursor moves: who takes it next sees all of it.
 * @throws Failure `lease-lost`.
 */
async function moveCursor(session: Session, { key, owner, cursor, startMs }: PollCommit): Promise<void> {
  const start = startMs === undefined ? {} : { start_ms: startMs };
  const moved = cursor === undefined ? {} : { cursor: JSON.stringify(cursor), ...start };
  const { numUpdatedRows } = await session
    .updateTable('polls')
    .set({ owner, ...moved })
    .where((eb) => eb.and(pollKey(key)))
    .where('owner', '=', owner)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw leaseLost(key);
}

async function countLost(session: Session, { key }: PollCommit, lost: number): Promise<void> {
  if (lost === 0) return;
  await session
    .updateTable('polls')
    .set((eb) => ({ webhooks_lost: eb('webhooks_lost', '+', lost) }))
    .where((eb) => eb.and(pollKey(key)))
    .execute();
}
