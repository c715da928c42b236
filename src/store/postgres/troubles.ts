/** What keeps feeds from being polled, each told once. All steps run in a transaction that holds the lock of the stream. */
import type { UnsequencedNotice } from '../../event/event.ts';
import { troubleEnded } from '../../event/notice.ts';
import type { PollKey, Trouble } from '../port.ts';
import { noticeOf, type TroubleRow, troubleValues } from '../row/trouble-row.ts';
import { type Session, sql } from './connection.ts';

const insert = sql(`INSERT INTO troubles (instance_id, kind, object, feed, cause, notice)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (instance_id, kind, object, feed)
  DO UPDATE SET cause = excluded.cause, notice = excluded.notice, is_stale = false WHERE troubles.is_stale`);
const selectTold = sql(`SELECT notice FROM troubles
  WHERE instance_id = $1 AND kind = $2 AND cause = $3 AND NOT is_stale LIMIT 1`);
const selectLeft = sql('SELECT FROM troubles WHERE instance_id = $1 AND kind = $2 AND cause = $3 LIMIT 1');
const end = sql(`DELETE FROM troubles
  WHERE instance_id = $1 AND ((object = '' AND feed = '') OR (object = $2 AND feed = $3))
  RETURNING kind, cause, notice`);
const setStale = sql(`UPDATE troubles SET is_stale = true WHERE instance_id = $1 AND kind = 'credentials'`);
const selectTroubled = sql('SELECT DISTINCT instance_id FROM troubles WHERE instance_id = ANY ($1::text[])');

/** Whether it is to be told. One that others have in common keeps the notice that was told of it. */
async function beginOne(session: Session, key: PollKey, trouble: Trouble): Promise<boolean> {
  const values = troubleValues(key, trouble);
  const [told] = await session.rows<Pick<TroubleRow, 'notice'>>(selectTold, [key.instanceId, trouble.kind, values[4]]);
  const changes = await session.run(insert, [...values, told?.notice ?? JSON.stringify(trouble.notice)]);
  return told === undefined && changes > 0;
}

export const troubles = {
  /** The notices of those that are new, or new again. */
  async begin(session: Session, key: PollKey, begun: readonly Trouble[]): Promise<readonly UnsequencedNotice[]> {
    const told: UnsequencedNotice[] = [];
    for (const trouble of begun) if (await beginOne(session, key, trouble)) told.push(trouble.notice);
    return told;
  },
  /** Ends those of the feed and of its whole instance. */
  async end(session: Session, { instanceId, object, feed }: PollKey, now: number) {
    const ended = await session.rows<TroubleRow>(end, [instanceId, object, feed]);
    const notices: UnsequencedNotice[] = [];
    for (const row of ended) {
      const left = await session.rows(selectLeft, [instanceId, row.kind, row.cause]);
      if (left.length === 0) notices.push(troubleEnded(noticeOf(row), now));
    }
    return { notices, credentials: ended.some(({ kind }) => kind === 'credentials') };
  },
  /** The credentials were changed. True when they were in trouble. */
  async doubt(session: Session, instanceId: string): Promise<boolean> {
    return (await session.run(setStale, [instanceId])) > 0;
  },
  /** Those of these instances that have any. */
  async troubled(session: Session, instanceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.rows<{ instance_id: string }>(selectTroubled, [instanceIds]);
    return new Set(rows.map((row) => row.instance_id));
  },
};
