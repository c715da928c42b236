/** Which polls an instance has. Callers run these steps inside their own transaction. */
import type { Feed, PollKey, PollState } from '../port.ts';
import { type Session, sql } from './connection.ts';

// A poll that stays keeps its state, so an insert that finds it there does nothing.
const insert = sql(`INSERT INTO polls (instance_id, object, feed, cursor, start_ms, due_at, failures,
    last_polled_at, failure_code, failure_message, failure_help, failed_at, well_at, pace_seconds, quiet, free_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $6) ON CONFLICT DO NOTHING`);
const lock = sql('SELECT object, feed FROM polls WHERE instance_id = $1 ORDER BY object, feed FOR UPDATE');
const remove = sql('DELETE FROM polls WHERE instance_id = $1 AND object = $2 AND feed = $3');
const removeAll = sql('DELETE FROM polls WHERE instance_id = $1');
const setLater = sql(`UPDATE polls SET due_at = $4, free_at = $4
  WHERE instance_id = $1 AND owner IS NULL AND due_at < $4 AND NOT (object = $2 AND feed = $3)`);
const setOthersSooner = sql(`UPDATE polls SET due_at = $4, free_at = $4
  WHERE instance_id = $1 AND owner IS NULL AND due_at > $4 AND NOT (object = $2 AND feed = $3)`);
const setSooner = sql(
  'UPDATE polls SET due_at = $2, free_at = $2 WHERE instance_id = $1 AND owner IS NULL AND due_at > $2',
);
const unsetTold = sql('UPDATE polls SET webhook_since = NULL WHERE instance_id = $1');
const forgetObject = sql('DELETE FROM ledger WHERE instance_id = $1 AND object = $2');

interface Poll {
  readonly object: string;
  readonly feed: Feed;
}

export const pollSets = {
  async add(session: Session, instanceId: string, states: readonly PollState[]): Promise<void> {
    for (const state of states) await session.run(insert, [instanceId, ...valuesOf(state)]);
  },
  /** Waits until nobody writes to a poll of the instance, and keeps it so. */
  lock(session: Session, instanceId: string): Promise<readonly Poll[]> {
    return session.rows<Poll>(lock, [instanceId]);
  },
  async remove(session: Session, instanceId: string): Promise<void> {
    await session.run(removeAll, [instanceId]);
  },
  /** The other polls of the instance, but for those under way, are not due before that. */
  async putOthersOff(session: Session, { instanceId, object, feed }: PollKey, notBefore: number): Promise<void> {
    await session.run(setLater, [instanceId, object, feed, notBefore]);
  },
  /** The other polls of the instance, but for those under way, are due at once. */
  async hurryOthers(session: Session, { instanceId, object, feed }: PollKey, now: number): Promise<void> {
    await session.run(setOthersSooner, [instanceId, object, feed, now]);
  },
  /** Those that nobody polls just now are due at once. */
  async hurry(session: Session, instanceId: string, now: number): Promise<void> {
    await session.run(setSooner, [instanceId, now]);
  },
  /** Its vendor tells of nothing any more. */
  async forgetWebhooks(session: Session, instanceId: string): Promise<void> {
    await session.run(unsetTold, [instanceId]);
  },
  /** Both feeds of an object share its ledger, so it goes with the last of them. */
  async become(session: Session, instanceId: string, states: readonly PollState[]): Promise<void> {
    const kept = new Set(states.map(keyText));
    const keptObjects = new Set(states.map((state) => state.object));
    for (const poll of await pollSets.lock(session, instanceId)) {
      if (!kept.has(keyText(poll))) await session.run(remove, [instanceId, poll.object, poll.feed]);
      if (!keptObjects.has(poll.object)) await session.run(forgetObject, [instanceId, poll.object]);
    }
    await pollSets.add(session, instanceId, states);
  },
};

const keyText = (poll: Poll) => `${poll.feed} ${poll.object}`;

const valuesOf = (state: PollState) => [
  state.object,
  state.feed,
  state.cursor === null ? null : JSON.stringify(state.cursor),
  state.startMs,
  state.dueAt,
  state.failures,
  state.lastPolledAt,
  state.lastFailure?.code ?? null,
  state.lastFailure?.message ?? null,
  state.lastFailure?.help ?? null,
  state.lastFailure?.at ?? null,
  state.wellAt,
  state.pace?.seconds ?? null,
  state.pace?.quiet ?? 0,
];
