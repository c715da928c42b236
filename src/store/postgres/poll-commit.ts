import { type AnyhookEvent, isChange } from '../../event/event.ts';
import type { PollCommit, PollKey } from '../port.ts';
import { countReconciled, leaseLost } from '../row/poll-row.ts';
import { writeCheckpoint } from './checkpoints.ts';
import type { Connection, Session } from './connection.ts';
import { checkLedger, writeLedger } from './ledger.ts';
import { pollKey } from './poll-key.ts';
import { prepared, type Slots } from './prepared.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';

interface Move extends PollKey {
  readonly owner: string;
  readonly cursor: string | null;
  readonly startMs: number | null;
}

// Holds the lease until the end of the transaction, even where no cursor moves: who takes it next sees all of it.
const moveCursor = prepared((db, { value }: Slots<Move>) =>
  db
    .updateTable('polls')
    .set(({ fn }) => ({
      cursor: fn.coalesce(value('cursor'), 'cursor'),
      start_ms: fn.coalesce(value('startMs'), 'start_ms'),
    }))
    .where('instance_id', '=', value('instanceId'))
    .where('object', '=', value('object'))
    .where('feed', '=', value('feed'))
    .where('owner', '=', value('owner')),
);

/** What a poll leaves behind, in one transaction: events, their deliveries, the ledger and the cursor. */
export function pollCommit({ transaction }: Connection) {
  return (poll: PollCommit): Promise<readonly AnyhookEvent[]> => transaction((session) => commit(session, poll));
}

async function commit(session: Session, poll: PollCommit): Promise<readonly AnyhookEvent[]> {
  const { instanceId } = poll.key;
  const writes = poll.events.length + poll.ledger.length > 0;
  const stream = writes ? await streams.lock(session, instanceId) : undefined;
  const held = await moveCursor(session, { ...poll.key, owner: poll.owner, ...positionOf(poll) });
  if (held.count === 0) throw leaseLost(poll.key);
  await checkLedger(session, poll);
  const stored = stream === undefined ? [] : await appendToStream(session, instanceId, stream, poll.events, poll.now);
  await countLost(session, poll, countReconciled(stored.filter(isChange)));
  await writeLedger(session, poll);
  await writeCheckpoint(session, poll);
  // What is appended comes back as what it is.
  return stored as readonly AnyhookEvent[];
}

/** The start comes with the cursor. */
const positionOf = ({ cursor, startMs }: PollCommit): Pick<Move, 'cursor' | 'startMs'> =>
  cursor === undefined ? { cursor: null, startMs: null } : { cursor: JSON.stringify(cursor), startMs: startMs ?? null };

async function countLost(session: Session, { key }: PollCommit, lost: number): Promise<void> {
  if (lost === 0) return;
  await session
    .updateTable('polls')
    .set((eb) => ({ webhooks_lost: eb('webhooks_lost', '+', lost) }))
    .where((eb) => eb.and(pollKey(key)))
    .execute();
}
