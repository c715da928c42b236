/** What keeps feeds from being polled, each told once. All steps run in a transaction that holds the lock of the stream. */
import type { UnsequencedNotice } from '../../event/event.ts';
import { troubleEnded } from '../../event/notice.ts';
import type { PollKey, Trouble } from '../port.ts';
import { noticeOf, type TroubleRow, troubleKey } from '../row/trouble-row.ts';
import { anyOf } from './arrays.ts';
import type { Session } from './connection.ts';

export const troubles = {
  /** The notices of those that are new, or new again. */
  async begin(session: Session, key: PollKey, begun: readonly Trouble[]): Promise<readonly UnsequencedNotice[]> {
    const told: UnsequencedNotice[] = [];
    for (const trouble of begun) if (await beginOne(session, key, trouble)) told.push(trouble.notice);
    return told;
  },
  /** Ends those of the feed and of its whole instance. */
  async end(session: Session, { instanceId, object, feed }: PollKey, now: number) {
    const ended = await session
      .deleteFrom('troubles')
      .where('instance_id', '=', instanceId)
      .where(({ and, or }) => or([and({ object: '', feed: '' }), and({ object, feed })]))
      .returning(['kind', 'cause', 'notice'])
      .execute();
    const notices: UnsequencedNotice[] = [];
    for (const row of ended) {
      const left = await alike(session, instanceId, row).select('kind').executeTakeFirst();
      if (left === undefined) notices.push(troubleEnded(noticeOf(row), now));
    }
    return { notices, credentials: ended.some(({ kind }) => kind === 'credentials') };
  },
  /** The credentials were changed. True when they were in trouble. */
  async doubt(session: Session, instanceId: string): Promise<boolean> {
    const { numUpdatedRows } = await session
      .updateTable('troubles')
      .set({ is_stale: true })
      .where('instance_id', '=', instanceId)
      .where('kind', '=', 'credentials')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
  /** Those of these instances that have any. */
  async troubled(session: Session, instanceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session
      .selectFrom('troubles')
      .select('instance_id')
      .distinct()
      .where('instance_id', '=', anyOf(instanceIds))
      .execute();
    return new Set(rows.map((row) => row.instance_id));
  },
};

/** Whether it is to be told. One that others have in common keeps the notice that was told of it. */
async function beginOne(session: Session, key: PollKey, trouble: Trouble): Promise<boolean> {
  const row = troubleKey(key, trouble);
  const told = await alike(session, key.instanceId, row)
    .select('notice')
    .where('is_stale', 'is', false)
    .executeTakeFirst();
  const notice = told?.notice ?? JSON.stringify(trouble.notice);
  const { numInsertedOrUpdatedRows } = await session
    .insertInto('troubles')
    .values({ ...row, notice })
    .onConflict((known) =>
      known
        .columns(['instance_id', 'kind', 'object', 'feed'])
        .doUpdateSet({ cause: row.cause, notice, is_stale: false })
        .where('troubles.is_stale', 'is', true),
    )
    .executeTakeFirst();
  return told === undefined && Number(numInsertedOrUpdatedRows) > 0;
}

/** One of the troubles of an instance that have a cause in common. */
const alike = (session: Session, instanceId: string, { kind, cause }: Pick<TroubleRow, 'kind' | 'cause'>) =>
  session
    .selectFrom('troubles')
    .where('instance_id', '=', instanceId)
    .where('kind', '=', kind)
    .where('cause', '=', cause)
    .limit(1);
