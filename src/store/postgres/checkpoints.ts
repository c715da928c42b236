/** Where each parent of a feed that fans out stands. */
import type { FeedCursor, PollCommit, PollKey } from '../port.ts';
import { cursorOf } from '../row/poll-row.ts';
import { type Connection, type Session, sql } from './connection.ts';

const select = sql(`SELECT place, cursor
  FROM unnest($4::text[]) WITH ORDINALITY AS asked (parent, place)
  JOIN checkpoints ON instance_id = $1 AND object = $2 AND feed = $3 AND checkpoints.parent = asked.parent`);
const upsert = sql(`INSERT INTO checkpoints (instance_id, object, feed, parent, cursor) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (instance_id, object, feed, parent) DO UPDATE SET cursor = excluded.cursor`);

export function checkpoints(connection: Connection) {
  return {
    async read(key: PollKey, parents: readonly string[]): Promise<ReadonlyMap<string, FeedCursor>> {
      const rows = await connection.rows<{ place: number; cursor: string }>(select, [
        key.instanceId,
        key.object,
        key.feed,
        parents,
      ]);
      return new Map(rows.map(({ place, cursor }) => [parents[place - 1] ?? '', cursorOf(cursor)]));
    },
  };
}

/** Inside the transaction of the commit. */
export async function writeCheckpoint(session: Session, { key, checkpoint }: PollCommit): Promise<void> {
  if (checkpoint === undefined) return;
  const cursor = JSON.stringify(checkpoint.cursor);
  await session.run(upsert, [key.instanceId, key.object, key.feed, checkpoint.parent, cursor]);
}
