/**
 * How a poll ends: its lease, its schedule and what is told of its troubles. Nearly all end quietly, many in one
 * statement; the few that have something to tell, or may end a trouble, lock their stream first.
 */
import type { NoticeEvent } from '../../event/event.ts';
import { batched } from '../batched.ts';
import type { PollFinish } from '../port.ts';
import { type Connection, relaxed, type Session } from './connection.ts';
import { isOfOneItem } from './driver-failure.ts';
import { pollSets } from './poll-sets.ts';
import { prepared, type Slots } from './prepared.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';
import { troubles } from './troubles.ts';

type Ended = ReturnType<typeof endedOf>;

const finish = (db: Session, { table }: Slots<Ended>) =>
  db
    .updateTable('polls')
    .from(
      table('ended', {
        instance_id: 'text',
        object: 'text',
        feed: 'text',
        owner: 'text',
        due_at: 'bigint',
        at: 'bigint',
        code: 'text',
        message: 'text',
        help: 'text',
        is_postponed: 'boolean',
        seconds: 'float8',
        quiet: 'integer',
      }),
    )
    .set(({ eb, fn, lit, ref }) => {
      // What was postponed has neither gone well nor failed.
      const postponed = () => eb.case().when(ref('ended.is_postponed'));
      const wentWell = eb('ended.code', 'is', null);
      return {
        owner: null,
        due_at: ref('ended.due_at'),
        free_at: ref('ended.due_at'),
        pace_seconds: fn.coalesce('ended.seconds', 'polls.pace_seconds'),
        quiet: fn.coalesce('ended.quiet', 'polls.quiet'),
        well_at: eb.case().when(wentWell).then(ref('ended.at')).else(ref('polls.well_at')).end(),
        last_polled_at: postponed().then(ref('polls.last_polled_at')).else(ref('ended.at')).end(),
        failures: postponed()
          .then(ref('polls.failures'))
          .when(wentWell)
          .then(lit(0))
          .else(eb('polls.failures', '+', lit(1)))
          .end(),
        failure_code: postponed().then(ref('polls.failure_code')).else(ref('ended.code')).end(),
        failure_message: postponed().then(ref('polls.failure_message')).else(ref('ended.message')).end(),
        failure_help: postponed().then(ref('polls.failure_help')).else(ref('ended.help')).end(),
        failed_at: postponed().then(ref('polls.failed_at')).when(wentWell).then(lit(null)).else(ref('ended.at')).end(),
      };
    })
    .whereRef('polls.instance_id', '=', 'ended.instance_id')
    .whereRef('polls.object', '=', 'ended.object')
    .whereRef('polls.feed', '=', 'ended.feed')
    .whereRef('polls.owner', '=', 'ended.owner');
const finishAny = prepared(finish);
const finishUntroubled = prepared((db, slots: Slots<Ended>) =>
  finish(db, slots)
    .where(relaxed)
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom('troubles as t').whereRef('t.instance_id', '=', 'ended.instance_id'))),
    ),
);

const mostFinished = 1_000;

export function pollFinish({ db, transaction }: Connection) {
  return batched<PollFinish, readonly NoticeEvent[]>({
    most: mostFinished,
    keyOf: ({ key }) => `${key.instanceId}\n${key.object}\n${key.feed}`,
    isOfOneItem,
    async run(polls) {
      const hasNothingToTell = ({ troubles: begun, othersNotBefore }: PollFinish) =>
        !begun?.length && othersNotBefore === undefined;
      const quiet = polls.filter(hasNothingToTell);
      const isDone = quiet.length === 0 || (await finishUntroubled(db, endedOf(quiet))).count === quiet.length;
      if (isDone && quiet.length === polls.length) return polls.map(() => []);
      // Some instances are in trouble, or some leases were lost: finishing these again does nothing.
      const ids = quiet.map(({ key }) => key.instanceId);
      const troubled = isDone ? new Set() : await troubles.troubled(db, ids);
      const told: (readonly NoticeEvent[])[] = [];
      for (const poll of polls) {
        const isLeft = !hasNothingToTell(poll) || troubled.has(poll.key.instanceId);
        told.push(isLeft ? await transaction((session) => finishTelling(session, poll)) : []);
      }
      return told;
    },
  });
}

async function finishTelling(session: Session, poll: PollFinish): Promise<readonly NoticeEvent[]> {
  const { key, now, failure, othersNotBefore } = poll;
  const { instanceId } = key;
  const stream = await streams.lock(session, instanceId);
  if (stream === undefined || (await finishAny(session, endedOf([poll]))).count === 0) return [];
  if (othersNotBefore !== undefined) await pollSets.putOthersOff(session, key, othersNotBefore);
  const begun = await troubles.begin(session, key, poll.troubles ?? []);
  const ended = failure === null ? await troubles.end(session, key, now) : { notices: [], credentials: false };
  // They waited for this.
  if (ended.credentials) await pollSets.hurryOthers(session, key, now);
  const notices = [...begun, ...ended.notices];
  if (notices.length === 0) return [];
  return (await appendToStream(session, instanceId, stream, notices, now)) as readonly NoticeEvent[];
}

const endedOf = (polls: readonly PollFinish[]) => ({
  ended: polls.map(({ key, owner, dueAt, now, failure, postponed, pace }) => ({
    instance_id: key.instanceId,
    object: key.object,
    feed: key.feed,
    owner,
    due_at: dueAt,
    at: now,
    code: failure?.code ?? null,
    message: failure?.message ?? null,
    help: failure?.help ?? null,
    is_postponed: postponed === true,
    seconds: pace?.seconds ?? null,
    quiet: pace?.quiet ?? null,
  })),
});
