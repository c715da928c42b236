/** Where each parent of a feed that fans out stands. */
import type Database from 'better-sqlite3';
import type { Feed, FeedCursor, PollCommit, PollKey } from '../port.ts';
import { cursorOf } from '../row/poll-row.ts';

export function checkpoints(db: Database.Database) {
  const select = db
    .prepare<[string, string, Feed, string], string>(
      'SELECT cursor FROM checkpoints WHERE instance_id = ? AND object = ? AND feed = ? AND parent = ?',
    )
    .pluck();
  const upsert = db.prepare<[string, string, Feed, string, string]>(`INSERT INTO checkpoints
      (instance_id, object, feed, parent, cursor) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor`);

  return {
    /** Inside the transaction of the commit. */
    write({ key, checkpoint }: PollCommit): void {
      if (checkpoint === undefined) return;
      upsert.run(key.instanceId, key.object, key.feed, checkpoint.parent, JSON.stringify(checkpoint.cursor));
    },
    read(key: PollKey, parents: readonly string[]): ReadonlyMap<string, FeedCursor> {
      return new Map(
        parents.flatMap((parent) => {
          const text = select.get(key.instanceId, key.object, key.feed, parent);
          return text === undefined ? [] : [[parent, cursorOf(text)]];
        }),
      );
    },
  };
}
