/** Where each parent of a feed that fans out stands. */
import type { FeedCursor, PollCommit, PollKey } from '../port.ts';
import { cursorOf } from '../row/poll-row.ts';
import type { Connection, Session } from './connection.ts';
import { pollKey } from './poll-key.ts';
import { prepared, type Slots } from './prepared.ts';

const select = prepared((db, { value, table }: Slots<PollKey & { asked: readonly { parent: string }[] }>) =>
  db
    .selectFrom(table('asked', { parent: 'text' }))
    .innerJoin('checkpoints', 'checkpoints.parent', 'asked.parent')
    .select(['place', 'cursor'])
    .where('instance_id', '=', value('instanceId'))
    .where('object', '=', value('object'))
    .where('feed', '=', value('feed')),
);

export function checkpoints({ db }: Connection) {
  return {
    async read(key: PollKey, parents: readonly string[]): Promise<ReadonlyMap<string, FeedCursor>> {
      const { rows } = await select(db, { ...key, asked: parents.map((parent) => ({ parent })) });
      return new Map(rows.map(({ place, cursor }) => [parents[place - 1] ?? '', cursorOf(cursor)]));
    },
  };
}

/** Inside the transaction of the commit. */
export async function writeCheckpoint(session: Session, { key, checkpoint }: PollCommit): Promise<void> {
  if (checkpoint === undefined) return;
  const cursor = JSON.stringify(checkpoint.cursor);
  await session
    .insertInto('checkpoints')
    .values({ ...pollKey(key), parent: checkpoint.parent, cursor })
    .onConflict((known) => known.columns(['instance_id', 'object', 'feed', 'parent']).doUpdateSet({ cursor }))
    .execute();
}
