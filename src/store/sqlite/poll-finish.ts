/** How a poll ends: its lease, its schedule and what is told of its troubles, many polls in one transaction. */
import type Database from 'better-sqlite3';
import type { NoticeEvent } from '../../event/event.ts';
import { batched } from '../batched.ts';
import type { Feed, PollFinish } from '../port.ts';
import { stream } from './stream.ts';
import { troubles } from './troubles.ts';

type Mine = [instanceId: string, object: string, feed: Feed, owner: string];

/** Each commit waits for the disk: so many polls share one wait at most. */
const mostFinished = 1_000;

const ofMine = 'WHERE instance_id = ? AND object = ? AND feed = ? AND owner = ?';

export function pollFinish(db: Database.Database) {
  const well = db.prepare<[number, number, number, number, number | null, number | null, ...Mine]>(`UPDATE polls SET
    owner = NULL, due_at = ?, free_at = ?, last_polled_at = ?, well_at = ?, pace_seconds = coalesce(?, pace_seconds),
    quiet = coalesce(?, quiet), failures = 0, failure_code = NULL, failure_message = NULL, failure_help = NULL, failed_at = NULL ${ofMine}`);
  const failed = db.prepare<
    [number, number, number, string, string, string | null, number, ...Mine]
  >(`UPDATE polls SET owner = NULL,
    due_at = ?, free_at = ?, last_polled_at = ?, failures = failures + 1, failure_code = ?, failure_message = ?,
    failure_help = ?, failed_at = ? ${ofMine}`);
  const postponed = db.prepare<[number, number, ...Mine]>(
    `UPDATE polls SET owner = NULL, due_at = ?, free_at = ? ${ofMine}`,
  );
  const putOff = db.prepare<[number, number, string, number, string, Feed]>(`UPDATE polls SET due_at = ?, free_at = ?
    WHERE instance_id = ? AND owner IS NULL AND due_at < ? AND NOT (object = ? AND feed = ?)`);
  const pullForward = db.prepare<
    [number, number, string, number, string, Feed]
  >(`UPDATE polls SET due_at = ?, free_at = ?
    WHERE instance_id = ? AND owner IS NULL AND due_at > ? AND NOT (object = ? AND feed = ?)`);
  const trouble = troubles(db);
  const events = stream(db);

  function giveBack({ key, owner, dueAt, now, failure, pace, postponed: isPostponed }: PollFinish): boolean {
    const mine: Mine = [key.instanceId, key.object, key.feed, owner];
    if (isPostponed === true) return postponed.run(dueAt, dueAt, ...mine).changes > 0;
    if (failure !== null) {
      const { code, message, help } = failure;
      return failed.run(dueAt, dueAt, now, code, message, help, now, ...mine).changes > 0;
    }
    return well.run(dueAt, dueAt, now, now, pace?.seconds ?? null, pace?.quiet ?? null, ...mine).changes > 0;
  }

  function finish(poll: PollFinish): readonly NoticeEvent[] {
    const { key, now, failure, othersNotBefore } = poll;
    const { instanceId } = key;
    if (!giveBack(poll)) return [];
    if (othersNotBefore !== undefined) {
      putOff.run(othersNotBefore, othersNotBefore, instanceId, othersNotBefore, key.object, key.feed);
    }
    const begun = trouble.begin(key, poll.troubles ?? []);
    const ended = failure === null ? trouble.end(key, now) : { notices: [], credentials: false };
    // They waited for this.
    if (ended.credentials) pullForward.run(now, now, instanceId, now, key.object, key.feed);
    const notices = [...begun, ...ended.notices];
    return notices.length === 0 ? [] : ((events.append(instanceId, notices, now) ?? []) as readonly NoticeEvent[]);
  }

  const finishAll = db.transaction((polls: readonly PollFinish[]) => polls.map(finish));

  return batched<PollFinish, readonly NoticeEvent[]>({
    most: mostFinished,
    keyOf: ({ key }) => `${key.instanceId}\n${key.object}\n${key.feed}`,
    run: (polls) => finishAll.immediate(polls),
  });
}
