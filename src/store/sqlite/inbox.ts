/** Changes told by webhook, on their way to become events. */
import type Database from 'better-sqlite3';
import type { InboxChange, InboxFinish, InboxLease, NewInboxChange } from '../port.ts';
import { type InboxRow, inboxChangeOf, inboxColumns, inboxRowOf, type NewInboxRow } from '../row/inbox-row.ts';

export function inbox(db: Database.Database) {
  // An instance that was deleted meanwhile takes nothing, and neither does one that knows the change.
  const insert = db.prepare<[NewInboxRow]>(`INSERT INTO inbox
      (instance_id, object, record_id, change, occurred_at, record, dedupe, received_at, free_at)
    SELECT @instance_id, @object, @record_id, @change, @occurred_at, @record, @dedupe, @received_at, @received_at
    WHERE EXISTS (SELECT 1 FROM instances WHERE id = @instance_id AND is_gone = 0) ON CONFLICT DO NOTHING`);
  const selectObjects = db.prepare<
    [number, number],
    { instance_id: string; object: string }
  >(`SELECT instance_id, object
    FROM inbox WHERE done_at IS NULL AND free_at <= ? GROUP BY instance_id, object ORDER BY min(number) LIMIT ?`);
  const take = db.prepare<[string, number, string, string, number, number], InboxRow>(`UPDATE inbox
    SET owner = ?, free_at = ? WHERE number IN (SELECT number FROM inbox
      WHERE instance_id = ? AND object = ? AND done_at IS NULL AND free_at <= ? ORDER BY number LIMIT ?)
    RETURNING ${inboxColumns}`);
  const finish = db.prepare<[number, number, string]>(
    'UPDATE inbox SET owner = NULL, record = NULL, done_at = ? WHERE number = ? AND owner = ?',
  );
  const putBack = db.prepare<[number, number, number, string]>(
    'UPDATE inbox SET owner = NULL, free_at = ?, attempts = attempts + ? WHERE number = ? AND owner = ?',
  );
  const forget = db.prepare<[number]>('DELETE FROM inbox WHERE done_at < ?');
  const selectNext = db.prepare<[], number | null>('SELECT min(free_at) FROM inbox WHERE done_at IS NULL').pluck();
  const freeAll = db.prepare('UPDATE inbox SET owner = NULL, free_at = 0 WHERE owner IS NOT NULL');

  const add = db.transaction((changes: readonly NewInboxChange[]): number => {
    let added = 0;
    for (const change of changes) added += insert.run(inboxRowOf(change)).changes;
    return added;
  });
  const lease = db.transaction(({ owner, now, leaseMs, limit, each }: InboxLease): readonly InboxChange[] =>
    selectObjects
      .all(now, limit)
      .flatMap(({ instance_id, object }) => take.all(owner, now + leaseMs, instance_id, object, now, each))
      .map(inboxChangeOf)
      .sort((a, b) => a.number - b.number),
  );
  const end = db.transaction(({ owner, now, done, again, forgetBefore }: InboxFinish): void => {
    for (const number of done) finish.run(now, number, owner);
    for (const { number, dueAt, failed } of again) putBack.run(dueAt, failed ? 1 : 0, number, owner);
    forget.run(forgetBefore);
  });

  return {
    add: (changes: readonly NewInboxChange[]): number => add.immediate(changes),
    lease: (request: InboxLease): readonly InboxChange[] => lease.immediate(request),
    finish: (ended: InboxFinish): void => end.immediate(ended),
    nextDueAt: (): number | null => selectNext.get() ?? null,
    /** Ends every lease. */
    freeAll(): void {
      freeAll.run();
    },
  };
}
