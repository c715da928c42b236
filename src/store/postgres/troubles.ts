/** What keeps feeds from being polled, each told once. All steps run in a transaction that holds the lock of the stream. */
import type { UnsequencedNotice } from '../../event/event.ts';
import { troubleEnded } from '../../event/notice.ts';
import type { PollKey, Trouble } from '../port.ts';
import { noticeOf, type TroubleRow, troubleValues } from '../row/trouble-row.ts';
import { type Session, sql } from './connection.ts';

const insert = sql(`INSERT INTO troubles (instance_id, kind, object, feed, notice) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (instance_id, kind, object, feed) DO UPDATE SET notice = excluded.notice, is_stale = false
  WHERE troubles.is_stale`);
const end = sql(`DELETE FROM troubles
  WHERE instance_id = $1 AND ((object = '' AND feed = '') OR (object = $2 AND feed = $3)) RETURNING kind, notice`);
const setStale = sql(`UPDATE troubles SET is_stale = true WHERE instance_id = $1 AND kind = 'credentials'`);
const selectTroubled = sql('SELECT DISTINCT instance_id FROM troubles WHERE instance_id = ANY ($1::text[])');

export const troubles = {
  /** The notices of those that are new, or new again. */
  async begin(session: Session, key: PollKey, begun: readonly Trouble[]): Promise<readonly UnsequencedNotice[]> {
    const told: UnsequencedNotice[] = [];
    for (const trouble of begun) {
      const values = [...troubleValues(key, trouble), JSON.stringify(trouble.notice)];
      if ((await session.run(insert, values)) > 0) told.push(trouble.notice);
    }
    return told;
  },
  /** Ends those of the feed and of its whole instance. */
  async end(session: Session, { instanceId, object, feed }: PollKey, now: number) {
    const ended = await session.rows<TroubleRow>(end, [instanceId, object, feed]);
    return {
      notices: ended.map((row) => troubleEnded(noticeOf(row), now)),
      credentials: ended.some(({ kind }) => kind === 'credentials'),
    };
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
