/** Where each parent of a feed that fans out stands. */
import type { FeedCursor, PollCommit, PollKey } from '../port.ts';
import { cursorOf } from '../row/poll-row.ts';
import { arrayTable } from './array-table.ts';
import type { Connection, Session } from './connection.ts';
import { pollKey } from './poll-key.ts';

export function checkpoints({ db }: Connection) {
  return {
    async read(key: PollKey, parents: readonly string[]): Promise<ReadonlyMap<string, FeedCursor>> {
      const asked = arrayTable(
        'asked',
        { parent: 'text' },
        parents.map((parent) => ({ parent })),
      );
      const rows = await db
        .selectFrom(asked)
        .innerJoin('checkpoints', 'checkpoints.parent', 'asked.parent')
        .select(['place', 'cursor'])
        .where((eb) => eb.and(pollKey(key)))
        .execute();
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
