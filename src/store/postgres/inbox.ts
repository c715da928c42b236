/** Changes told by webhook, on their way to become events. */
import type { InboxChange, InboxFinish, InboxLease, NewInboxChange } from '../port.ts';
import { inboxChangeOf, inboxColumns, inboxRowOf } from '../row/inbox-row.ts';
import { anyOf, anyOfQuery, arrayTable } from './array-table.ts';
import type { Connection } from './connection.ts';

export function inbox({ db, transaction }: Connection) {
  return {
    async add(changes: readonly NewInboxChange[]): Promise<number> {
      const told = arrayTable(
        'told',
        {
          instance_id: 'text',
          object: 'text',
          record_id: 'text',
          change: 'text',
          occurred_at: 'bigint',
          record: 'text',
          dedupe: 'text',
          received_at: 'bigint',
        },
        changes.map(inboxRowOf),
      );
      // An instance that was deleted meanwhile takes nothing, and neither does one that knows the change.
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('inbox')
        .columns([
          'instance_id',
          'object',
          'record_id',
          'change',
          'occurred_at',
          'record',
          'dedupe',
          'received_at',
          'free_at',
        ])
        .expression((from) =>
          from
            .selectFrom(told)
            .innerJoin('instances', 'instances.id', 'told.instance_id')
            .select(['told.instance_id', 'object', 'record_id', 'change', 'occurred_at', 'record', 'dedupe'])
            .select(['received_at', 'received_at as free_at'])
            .where('is_gone', 'is', false),
        )
        .onConflict((known) => known.doNothing())
        .executeTakeFirst();
      return Number(numInsertedOrUpdatedRows);
    },
    async lease({ owner, now, leaseMs, limit, each }: InboxLease): Promise<readonly InboxChange[]> {
      const waiting = db
        .selectFrom('inbox')
        .select(['instance_id', 'object'])
        .where('done_at', 'is', null)
        .where('free_at', '<=', now)
        .groupBy(['instance_id', 'object'])
        .orderBy(({ fn }) => fn.min('number'))
        .limit(limit);
      const due = db
        .selectFrom(waiting.as('waiting'))
        .crossJoinLateral(({ selectFrom }) =>
          selectFrom('inbox')
            .select('number')
            .whereRef('inbox.instance_id', '=', 'waiting.instance_id')
            .whereRef('inbox.object', '=', 'waiting.object')
            .where('done_at', 'is', null)
            .where('free_at', '<=', now)
            .orderBy('number')
            .limit(each)
            .forUpdate()
            .skipLocked()
            .as('taken'),
        )
        .select('taken.number');
      const rows = await db
        .updateTable('inbox')
        .set({ owner, free_at: now + leaseMs })
        .where('number', '=', anyOfQuery(due))
        .returning(inboxColumns)
        .execute();
      return rows.map(inboxChangeOf).sort((a, b) => a.number - b.number);
    },
    finish({ owner, now, done, again, forgetBefore }: InboxFinish): Promise<void> {
      return transaction(async (session) => {
        await session
          .updateTable('inbox')
          .set({ owner: null, record: null, done_at: now })
          .where('number', '=', anyOf(done))
          .where('owner', '=', owner)
          .execute();
        const putBack = arrayTable(
          'again',
          { number: 'bigint', due_at: 'bigint', failed: 'integer' },
          again.map(({ number, dueAt, failed }) => ({ number, due_at: dueAt, failed: failed ? 1 : 0 })),
        );
        await session
          .updateTable('inbox')
          .from(putBack)
          .set(({ eb, ref }) => ({
            owner: null,
            free_at: ref('again.due_at'),
            attempts: eb('attempts', '+', ref('again.failed')),
          }))
          .whereRef('inbox.number', '=', 'again.number')
          .where('owner', '=', owner)
          .execute();
        await session.deleteFrom('inbox').where('done_at', '<', forgetBefore).execute();
      });
    },
    async nextDueAt(): Promise<number | null> {
      const { at } = await db
        .selectFrom('inbox')
        .select(({ fn }) => fn.min<number | null>('free_at').as('at'))
        .where('done_at', 'is', null)
        .executeTakeFirstOrThrow();
      return at;
    },
  };
}
