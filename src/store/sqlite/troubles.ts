/** What keeps feeds from being polled, each told once. All steps run inside the caller's transaction. */
import type Database from 'better-sqlite3';
import type { UnsequencedNotice } from '../../event/event.ts';
import { troubleEnded } from '../../event/notice.ts';
import type { PollKey, Trouble } from '../port.ts';
import { noticeOf, type TroubleRow, type TroubleValues, troubleValues } from '../row/trouble-row.ts';

export function troubles(db: Database.Database) {
  const insert = db.prepare<[...TroubleValues, string]>(`INSERT INTO troubles (instance_id, kind, object, feed, notice)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET notice = excluded.notice, is_stale = 0 WHERE is_stale = 1`);
  const end = db.prepare<[string, string, string], TroubleRow>(`DELETE FROM troubles
    WHERE instance_id = ? AND ((object = '' AND feed = '') OR (object = ? AND feed = ?)) RETURNING kind, notice`);
  const setStale = db.prepare<[string]>(
    `UPDATE troubles SET is_stale = 1 WHERE instance_id = ? AND kind = 'credentials'`,
  );

  return {
    /** The notices of those that are new, or new again. */
    begin(key: PollKey, begun: readonly Trouble[]): readonly UnsequencedNotice[] {
      const isNew = (trouble: Trouble) =>
        insert.run(...troubleValues(key, trouble), JSON.stringify(trouble.notice)).changes > 0;
      return begun.filter(isNew).map(({ notice }) => notice);
    },
    /** Ends those of the feed and of its whole instance. */
    end({ instanceId, object, feed }: PollKey, now: number) {
      const ended = end.all(instanceId, object, feed);
      return {
        notices: ended.map((row) => troubleEnded(noticeOf(row), now)),
        credentials: ended.some(({ kind }) => kind === 'credentials'),
      };
    },
    /** The credentials were changed. True when they were in trouble. */
    doubt(instanceId: string): boolean {
      return setStale.run(instanceId).changes > 0;
    },
  };
}
