/**
 * How a poll ends: its lease, its schedule and what is told of its troubles. Nearly all end quietly, many in one
 * statement; the few that have something to tell, or may end a trouble, lock their stream first.
 */
import type { NoticeEvent } from '../../event/event.ts';
import { batched } from '../batched.ts';
import type { PollFinish } from '../port.ts';
import { type Connection, relaxed, type Session, type Statement, sql } from './connection.ts';
import { isOfOneItem } from './driver-failure.ts';
import { pollSets } from './poll-sets.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';
import { troubles } from './troubles.ts';

const update = `UPDATE polls SET owner = NULL, due_at = ended.due_at, free_at = ended.due_at,
    last_polled_at = CASE WHEN ended.is_postponed THEN last_polled_at ELSE ended.at END,
    well_at = CASE WHEN ended.code IS NULL THEN ended.at ELSE well_at END,
    pace_seconds = coalesce(ended.seconds, pace_seconds), quiet = coalesce(ended.quiet, polls.quiet),
    failures = CASE WHEN ended.is_postponed THEN failures WHEN ended.code IS NULL THEN 0 ELSE failures + 1 END,
    failure_code = CASE WHEN ended.is_postponed THEN failure_code ELSE ended.code END,
    failure_message = CASE WHEN ended.is_postponed THEN failure_message ELSE ended.message END,
    failure_help = CASE WHEN ended.is_postponed THEN failure_help ELSE ended.help END,
    failed_at = CASE WHEN ended.is_postponed THEN failed_at WHEN ended.code IS NULL THEN NULL ELSE ended.at END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
      $9::text[], $10::boolean[], $11::float8[], $12::integer[])
    AS ended (instance_id, object, feed, owner, due_at, at, code, message, help, is_postponed, seconds, quiet)
  WHERE polls.instance_id = ended.instance_id AND polls.object = ended.object AND polls.feed = ended.feed
    AND polls.owner = ended.owner`;
const finishAny = sql(update);
const finishUntroubled = sql(
  `${update} AND ${relaxed} AND NOT EXISTS (SELECT FROM troubles AS t WHERE t.instance_id = ended.instance_id)`,
);

const mostFinished = 1_000;

export function pollFinish(connection: Connection) {
  return batched<PollFinish, readonly NoticeEvent[]>({
    most: mostFinished,
    keyOf: ({ key }) => `${key.instanceId}\n${key.object}\n${key.feed}`,
    isOfOneItem,
    async run(polls) {
      const hasNothingToTell = ({ troubles: begun, othersNotBefore }: PollFinish) =>
        !begun?.length && othersNotBefore === undefined;
      const quiet = polls.filter(hasNothingToTell);
      const isDone = quiet.length === 0 || (await giveBack(connection.db, finishUntroubled, quiet)) === quiet.length;
      if (isDone && quiet.length === polls.length) return polls.map(() => []);
      // Some instances are in trouble, or some leases were lost: finishing these again does nothing.
      const ids = quiet.map(({ key }) => key.instanceId);
      const troubled = isDone ? new Set() : await troubles.troubled(connection.db, ids);
      const told: (readonly NoticeEvent[])[] = [];
      for (const poll of polls) {
        const isLeft = !hasNothingToTell(poll) || troubled.has(poll.key.instanceId);
        told.push(isLeft ? await connection.transaction((session) => finishTelling(session, poll)) : []);
      }
      return told;
    },
  });
}

async function finishTelling(session: Session, poll: PollFinish): Promise<readonly NoticeEvent[]> {
  const { key, now, failure, othersNotBefore } = poll;
  const { instanceId } = key;
  const stream = await streams.lock(session, instanceId);
  if (stream === undefined || (await giveBack(session, finishAny, [poll])) === 0) return [];
  if (othersNotBefore !== undefined) await pollSets.putOthersOff(session, key, othersNotBefore);
  const begun = await troubles.begin(session, key, poll.troubles ?? []);
  const ended = failure === null ? await troubles.end(session, key, now) : { notices: [], credentials: false };
  // They waited for this.
  if (ended.credentials) await pollSets.hurryOthers(session, key, now);
  const notices = [...begun, ...ended.notices];
  if (notices.length === 0) return [];
  return (await appendToStream(session, instanceId, stream, notices, now)) as readonly NoticeEvent[];
}

function giveBack(session: Session, finish: Statement, ended: readonly PollFinish[]): Promise<number> {
  return session.run(finish, [
    ended.map(({ key }) => key.instanceId),
    ended.map(({ key }) => key.object),
    ended.map(({ key }) => key.feed),
    ended.map(({ owner }) => owner),
    ended.map(({ dueAt }) => dueAt),
    ended.map(({ now }) => now),
    ended.map(({ failure }) => failure?.code ?? null),
    ended.map(({ failure }) => failure?.message ?? null),
    ended.map(({ failure }) => failure?.help ?? null),
    ended.map(({ postponed }) => postponed === true),
    ended.map(({ pace }) => pace?.seconds ?? null),
    ended.map(({ pace }) => pace?.quiet ?? null),
  ]);
}
