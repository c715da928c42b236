/** Changes told by webhook, on their way to become events. */
import type { InboxChange, InboxFinish, InboxLease, NewInboxChange } from '../port.ts';
import { inboxChangeOf, inboxColumns, inboxRowOf, type NewInboxRow } from '../row/inbox-row.ts';
import { anyOf, anyOfQuery } from './arrays.ts';
import type { Connection } from './connection.ts';
import { prepared, type Slots } from './prepared.ts';

// An instance that was deleted meanwhile takes nothing, and neither does one that knows the change.
const insert = prepared((db, { table }: Slots<{ told: readonly NewInboxRow[] }>) => {
  const told = table('told', {
    instance_id: 'text',
    object: 'text',
    record_id: 'text',
    change: 'text',
    occurred_at: 'bigint',
    record: 'text',
    dedupe: 'text',
    received_at: 'bigint',
  });
  const columns = ['object', 'record_id', 'change', 'occurred_at', 'record', 'dedupe', 'received_at'] as const;
  return db
    .insertInto('inbox')
    .columns(['instance_id', ...columns, 'free_at'])
    .expression(
      db
        .selectFrom(told)
        .innerJoin('instances', 'instances.id', 'told.instance_id')
        .select(['told.instance_id', ...columns, 'received_at as free_at'])
        .where('is_gone', 'is', false),
    )
    .onConflict((known) => known.doNothing());
});

interface Take {
  readonly owner: string;
  readonly now: number;
  readonly leasedUntil: number;
  readonly limit: number;
  readonly each: number;
}

const takeDue = prepared((db, { value }: Slots<Take>) => {
  const waiting = db
    .selectFrom('inbox')
    .select(['instance_id', 'object'])
    .where('done_at', 'is', null)
    .where('free_at', '<=', value('now'))
    .groupBy(['instance_id', 'object'])
    .orderBy(({ fn }) => fn.min('number'))
    .limit(value('limit'))
    .as('waiting');
  const due = db
    .selectFrom(waiting)
    .crossJoinLateral(({ selectFrom }) =>
      selectFrom('inbox')
        .select('number')
        .whereRef('inbox.instance_id', '=', 'waiting.instance_id')
        .whereRef('inbox.object', '=', 'waiting.object')
        .where('done_at', 'is', null)
        .where('free_at', '<=', value('now'))
        .orderBy('number')
        .limit(value('each'))
        .forUpdate()
        .skipLocked()
        .as('taken'),
    )
    .select('taken.number');
  return db
    .updateTable('inbox')
    .set({ owner: value('owner'), free_at: value('leasedUntil') })
    .where('number', '=', anyOfQuery(due))
    .returning(inboxColumns);
});

interface PutBack {
  readonly again: readonly { number: number; due_at: number; failed: number }[];
  readonly owner: string;
}

const putBack = prepared((db, { value, table }: Slots<PutBack>) =>
  db
    .updateTable('inbox')
    .from(table('again', { number: 'bigint', due_at: 'bigint', failed: 'integer' }))
    .set(({ eb, ref }) => ({
      owner: null,
      free_at: ref('again.due_at'),
      attempts: eb('attempts', '+', ref('again.failed')),
    }))
    .whereRef('inbox.number', '=', 'again.number')
    .where('owner', '=', value('owner')),
);

const selectNext = prepared((db) =>
  db
    .selectFrom('inbox')
    .select(({ fn }) => fn.min<number | null>('free_at').as('at'))
    .where('done_at', 'is', null),
);

export function inbox({ db, transaction }: Connection) {
  return {
    async add(changes: readonly NewInboxChange[]): Promise<number> {
      const { count } = await insert(db, { told: changes.map(inboxRowOf) });
      return count;
    },
    async lease({ owner, now, leaseMs, limit, each }: InboxLease): Promise<readonly InboxChange[]> {
      const { rows } = await takeDue(db, { owner, leasedUntil: now + leaseMs, now, limit, each });
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
        const failed = again.map((change) => ({
          number: change.number,
          due_at: change.dueAt,
          failed: change.failed ? 1 : 0,
        }));
        await putBack(session, { again: failed, owner });
        await session.deleteFrom('inbox').where('done_at', '<', forgetBefore).execute();
      });
    },
    async nextDueAt(): Promise<number | null> {
      const { rows } = await selectNext(db, {});
      return rows[0]?.at ?? null;
    },
  };
}
