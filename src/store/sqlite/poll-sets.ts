/** Which polls an instance has. Callers run these steps inside their own transaction. */
import type Database from 'better-sqlite3';
import type { Feed, PollState } from '../port.ts';

export function pollSets(db: Database.Database) {
  // A poll that stays keeps its state, so an insert that finds it there does nothing.
  const insert = db.prepare(`INSERT INTO polls (instance_id, object, feed, cursor, start_ms, due_at, failures,
      last_polled_at, failure_code, failure_message, failure_help, failed_at, well_at, pace_seconds, quiet, free_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const select = db.prepare<[string], { object: string; feed: Feed }>(
    'SELECT object, feed FROM polls WHERE instance_id = ?',
  );
  const remove = db.prepare<[string, string, Feed]>(
    'DELETE FROM polls WHERE instance_id = ? AND object = ? AND feed = ?',
  );
  const setDue = db.prepare<[number, number, string, number]>(
    'UPDATE polls SET due_at = ?, free_at = ? WHERE instance_id = ? AND owner IS NULL AND due_at > ?',
  );
  const unsetTold = db.prepare<[string]>('UPDATE polls SET webhook_since = NULL WHERE instance_id = ?');
  const forgetObject = db.prepare<[string, string]>('DELETE FROM ledger WHERE instance_id = ? AND object = ?');

  function add(instanceId: string, state: PollState): void {
    insert.run(
      instanceId,
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
      state.dueAt,
    );
  }

  return {
    add,
    /** Those that nobody polls just now are due at once. */
    hurry(instanceId: string, now: number): void {
      setDue.run(now, now, instanceId, now);
    },
    /** Its vendor tells of nothing any more. */
    forgetWebhooks(instanceId: string): void {
      unsetTold.run(instanceId);
    },
    /** Both feeds of an object share its ledger, so it goes with the last of them. */
    become(instanceId: string, states: readonly PollState[]): void {
      const kept = new Set(states.map((state) => keyText(state)));
      const keptObjects = new Set(states.map((state) => state.object));
      for (const poll of select.all(instanceId)) {
        if (!kept.has(keyText(poll))) remove.run(instanceId, poll.object, poll.feed);
        if (!keptObjects.has(poll.object)) forgetObject.run(instanceId, poll.object);
      }
      for (const state of states) add(instanceId, state);
    },
  };
}

const keyText = (poll: { readonly object: string; readonly feed: Feed }) => `${poll.feed} ${poll.object}`;
