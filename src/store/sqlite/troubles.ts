/** What keeps feeds from being polled, each told once. All steps run inside the caller's transaction. */
import type Database from 'better-sqlite3';
import type { TroubleKind, UnsequencedNotice } from '../../event/event.ts';
import { troubleEnded } from '../../event/notice.ts';
import type { PollKey, Trouble } from '../port.ts';
import { type NewTroubleRow, noticeOf, type TroubleRow, troubleKey } from '../row/trouble-row.ts';

export function troubles(db: Database.Database) {
  const insert = db.prepare<[NewTroubleRow]>(`INSERT INTO troubles
      (instance_id, kind, object, feed, cause, notice)
    VALUES (@instance_id, @kind, @object, @feed, @cause, @notice)
    ON CONFLICT DO UPDATE SET cause = excluded.cause, notice = excluded.notice, is_stale = 0 WHERE is_stale = 1`);
  const selectTold = db.prepare<[string, TroubleKind, string], Pick<TroubleRow, 'notice'>>(
    'SELECT notice FROM troubles WHERE instance_id = ? AND kind = ? AND cause = ? AND is_stale = 0 LIMIT 1',
  );
  const selectLeft = db.prepare<[string, TroubleKind, string]>(
    'SELECT 1 FROM troubles WHERE instance_id = ? AND kind = ? AND cause = ? LIMIT 1',
  );
  const end = db.prepare<[string, string, string], TroubleRow>(`DELETE FROM troubles
    WHERE instance_id = ? AND ((object = '' AND feed = '') OR (object = ? AND feed = ?))
    RETURNING kind, cause, notice`);
  const setStale = db.prepare<[string]>(
    `UPDATE troubles SET is_stale = 1 WHERE instance_id = ? AND kind = 'credentials'`,
  );

  /** Whether it is to be told. One that others have in common keeps the notice that was told of it. */
  function beginOne(key: PollKey, trouble: Trouble): boolean {
    const row = troubleKey(key, trouble);
    const told = selectTold.get(row.instance_id, row.kind, row.cause);
    const { changes } = insert.run({ ...row, notice: told?.notice ?? JSON.stringify(trouble.notice) });
    return told === undefined && changes > 0;
  }

  return {
    /** The notices of those that are new, or new again. */
    begin(key: PollKey, begun: readonly Trouble[]): readonly UnsequencedNotice[] {
      return begun.filter((trouble) => beginOne(key, trouble)).map(({ notice }) => notice);
    },
    /** Ends those of the feed and of its whole instance. */
    end({ instanceId, object, feed }: PollKey, now: number) {
      const ended = end.all(instanceId, object, feed);
      const isOver = ({ kind, cause }: TroubleRow) => selectLeft.get(instanceId, kind, cause) === undefined;
      return {
        notices: ended.filter(isOver).map((row) => troubleEnded(noticeOf(row), now)),
        credentials: ended.some(({ kind }) => kind === 'credentials'),
      };
    },
    /** The credentials were changed. True when they were in trouble. */
    doubt(instanceId: string): boolean {
      return setStale.run(instanceId).changes > 0;
    },
  };
}
