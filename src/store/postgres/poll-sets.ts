/** Which polls an instance has. Callers run these steps inside their own transaction. */
import type { Feed, PollKey, PollState } from '../port.ts';
import type { Session } from './connection.ts';
import { pollKey } from './poll-key.ts';

interface Poll {
  readonly object: string;
  readonly feed: Feed;
}

export const pollSets = {
  /** A poll that stays keeps its state. */
  async add(session: Session, instanceId: string, states: readonly PollState[]): Promise<void> {
    for (const state of states) {
      await session
        .insertInto('polls')
        .values(rowOf({ ...state, instanceId }))
        .onConflict((known) => known.doNothing())
        .execute();
    }
  },
  /** Waits until nobody writes to a poll of the instance, and keeps it so. */
  lock(session: Session, instanceId: string): Promise<readonly Poll[]> {
    return session
      .selectFrom('polls')
      .select(['object', 'feed'])
      .where('instance_id', '=', instanceId)
      .orderBy('object')
      .orderBy('feed')
      .forUpdate()
      .execute();
  },
  async remove(session: Session, instanceId: string): Promise<void> {
    await session.deleteFrom('polls').where('instance_id', '=', instanceId).execute();
  },
  /** The other polls of the instance, but for those under way, are not due before that. */
  async putOthersOff(session: Session, key: PollKey, notBefore: number): Promise<void> {
    await setDue(session, key.instanceId, notBefore)
      .where('due_at', '<', notBefore)
      .where((eb) => eb.not(eb.and(pollKey(key))))
      .execute();
  },
  /** The other polls of the instance, but for those under way, are due at once. */
  async hurryOthers(session: Session, key: PollKey, now: number): Promise<void> {
    await setDue(session, key.instanceId, now)
      .where('due_at', '>', now)
      .where((eb) => eb.not(eb.and(pollKey(key))))
      .execute();
  },
  /** Those that nobody polls just now are due at once. */
  async hurry(session: Session, instanceId: string, now: number): Promise<void> {
    await setDue(session, instanceId, now).where('due_at', '>', now).execute();
  },
  /** Its vendor tells of nothing any more. */
  async forgetWebhooks(session: Session, instanceId: string): Promise<void> {
    await session.updateTable('polls').set({ webhook_since: null }).where('instance_id', '=', instanceId).execute();
  },
  /** Both feeds of an object share its ledger, so it goes with the last of them. */
  async become(session: Session, instanceId: string, states: readonly PollState[]): Promise<void> {
    const kept = new Set(states.map(keyText));
    const keptObjects = new Set(states.map((state) => state.object));
    for (const poll of await pollSets.lock(session, instanceId)) {
      if (!kept.has(keyText(poll))) {
        await session
          .deleteFrom('polls')
          .where((eb) => eb.and(pollKey({ instanceId, ...poll })))
          .execute();
      }
      if (!keptObjects.has(poll.object)) {
        await session
          .deleteFrom('ledger')
          .where('instance_id', '=', instanceId)
          .where('object', '=', poll.object)
          .execute();
      }
    }
    await pollSets.add(session, instanceId, states);
  },
};

/** Of the instance's polls, but for those under way. */
const setDue = (session: Session, instanceId: string, at: number) =>
  session
    .updateTable('polls')
    .set({ due_at: at, free_at: at })
    .where('instance_id', '=', instanceId)
    .where('owner', 'is', null);

const keyText = (poll: Poll) => `${poll.feed} ${poll.object}`;

const rowOf = (state: PollState) => ({
  ...pollKey(state),
  cursor: state.cursor === null ? null : JSON.stringify(state.cursor),
  start_ms: state.startMs,
  due_at: state.dueAt,
  free_at: state.dueAt,
  failures: state.failures,
  last_polled_at: state.lastPolledAt,
  failure_code: state.lastFailure?.code ?? null,
  failure_message: state.lastFailure?.message ?? null,
  failure_help: state.lastFailure?.help ?? null,
  failed_at: state.lastFailure?.at ?? null,
  well_at: state.wellAt,
  pace_seconds: state.pace?.seconds ?? null,
  quiet: state.pace?.quiet ?? 0,
});
