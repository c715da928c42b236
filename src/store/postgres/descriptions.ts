/** What vendors tell of the objects of an account. */
import type { DescriptionTold, StoredDescription } from '../port.ts';
import { descriptionOf } from '../row/description-row.ts';
import type { Connection, Session } from './connection.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';

export function descriptions({ db, transaction }: Connection) {
  return {
    async get(instanceId: string, object: string): Promise<StoredDescription | null> {
      const row = await db
        .selectFrom('descriptions')
        .select(['description', 'due_at'])
        .where('instance_id', '=', instanceId)
        .where('object', '=', object)
        .executeTakeFirst();
      return row === undefined ? null : descriptionOf(instanceId, object, row);
    },
    async save(description: StoredDescription, told?: DescriptionTold): Promise<void> {
      if (told === undefined) await keep(db, description);
      else await transaction((session) => tell(session, description, told));
    },
    async expire(instanceId: string, object?: string): Promise<void> {
      const all = db.updateTable('descriptions').set({ due_at: 0 }).where('instance_id', '=', instanceId);
      await (object === undefined ? all : all.where('object', '=', object)).execute();
    },
  };
}

/** Nothing of an instance that is gone. */
async function keep(session: Session, { instanceId, object, description, dueAt }: StoredDescription): Promise<void> {
  const kept = { description: JSON.stringify(description), due_at: dueAt };
  await session
    .insertInto('descriptions')
    .columns(['instance_id', 'object', 'description', 'due_at'])
    .expression((from) =>
      from
        .selectFrom('instances')
        .select(({ val }) => [
          'id',
          val(object).as('object'),
          val(kept.description).as('description'),
          val(kept.due_at).as('due_at'),
        ])
        .where('id', '=', instanceId)
        .where('is_gone', 'is', false),
    )
    .onConflict((known) => known.columns(['instance_id', 'object']).doUpdateSet(kept))
    .execute();
}

/** Takes the place of what was known, unless another has been faster. */
async function tell(
  session: Session,
  { instanceId, object, description, dueAt }: StoredDescription,
  { insteadOf, notice, now }: DescriptionTold,
): Promise<void> {
  const stream = await streams.lock(session, instanceId);
  if (stream === undefined) return;
  const { numUpdatedRows } = await session
    .updateTable('descriptions')
    .set({ description: JSON.stringify(description), due_at: dueAt })
    .where('instance_id', '=', instanceId)
    .where('object', '=', object)
    .where('due_at', '=', insteadOf)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await appendToStream(session, instanceId, stream, [notice], now);
}
