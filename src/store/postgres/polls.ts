import { sql } from 'kysely';
import type { PollKey, PollRelease, PollState } from '../port.ts';
import { type PollRow, pollColumns, pollOf } from '../row/poll-row.ts';
import { anyOfQuery } from './arrays.ts';
import { type Connection, relaxed } from './connection.ts';
import { pollKey } from './poll-key.ts';
import { prepared, type Slots } from './prepared.ts';

interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

interface Take {
  readonly owner: string;
  readonly now: number;
  readonly leasedUntil: number;
}

const takeDue = prepared((db, { value }: Slots<Take & { limit: number }>) => {
  const due = db
    .selectFrom('polls')
    .select('ctid')
    .where('due_at', '<=', value('now'))
    .where('free_at', '<=', value('now'))
    .orderBy('due_at')
    .limit(value('limit'))
    .forUpdate()
    .skipLocked();
  return db
    .updateTable('polls')
    .set({ owner: value('owner'), free_at: value('leasedUntil') })
    .where(relaxed)
    .where('ctid', '=', anyOfQuery(due))
    .returning(pollColumns);
});
const take = prepared((db, { value }: Slots<Take & PollKey>) =>
  db
    .updateTable('polls')
    .set({ owner: value('owner'), free_at: value('leasedUntil') })
    .where('instance_id', '=', value('instanceId'))
    .where('object', '=', value('object'))
    .where('feed', '=', value('feed'))
    .where(({ eb, or }) => or([eb('owner', 'is', null), eb('free_at', '<=', value('now'))]))
    .returning(pollColumns),
);
// What is leased was due first, so it stands before the rest; of a crowd of leases the first tell when one ends.
const selectNext = prepared((db) => {
  const byDue = db.selectFrom('polls').orderBy('due_at');
  const next = byDue.select('due_at').where('owner', 'is', null).limit(sql.lit(1));
  const leased = db
    .selectFrom(byDue.select(['owner', 'due_at', 'free_at']).limit(sql.lit(1_000)).as('first'))
    .select(({ fn }) => fn.min(fn<number>('greatest', ['due_at', 'free_at'])).as('at'))
    .where('owner', 'is not', null);
  return db.selectNoFrom(({ fn }) => fn<number | null>('least', [next, leased]).as('at'));
});

/** Whose poll it is and when it is due. What a poll leaves behind is in poll-commit.ts, how it ends in poll-finish.ts. */
export function polls({ db }: Connection) {
  const select = () => db.selectFrom('polls').select(pollColumns);
  const update = (key: PollKey) => db.updateTable('polls').where((eb) => eb.and(pollKey(key)));

  return {
    async get(key: PollKey): Promise<PollState | null> {
      const row = await select()
        .where((eb) => eb.and(pollKey(key)))
        .executeTakeFirst();
      return stateOf(row);
    },
    async list(instanceId: string): Promise<readonly PollState[]> {
      const rows = await select().where('instance_id', '=', instanceId).orderBy('object').orderBy('feed').execute();
      return rows.map(pollOf);
    },
    async leaseDue({ owner, now, leaseMs, limit }: Lease & { limit: number }): Promise<readonly PollState[]> {
      const { rows } = await takeDue(db, { owner, now, leasedUntil: now + leaseMs, limit });
      return rows.map(pollOf).sort((a, b) => a.dueAt - b.dueAt);
    },
    async lease(key: PollKey, { owner, now, leaseMs }: Lease): Promise<PollState | null> {
      const { rows } = await take(db, { ...key, owner, now, leasedUntil: now + leaseMs });
      return stateOf(rows[0]);
    },
    async renew(key: PollKey, { owner, now, leaseMs }: Lease): Promise<boolean> {
      const { numUpdatedRows } = await update(key)
        .set({ free_at: now + leaseMs })
        .where('owner', '=', owner)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async release({ key, owner, dueAt, toldAt }: PollRelease): Promise<void> {
      await update(key)
        .set(({ fn, ref, val }) => {
          const due = dueAt === undefined ? ref('due_at') : fn<number>('least', ['due_at', val(dueAt)]);
          const told = toldAt === undefined ? {} : { webhook_since: fn.coalesce('webhook_since', val(toldAt)) };
          return { owner: null, due_at: due, free_at: due, ...told };
        })
        .where('owner', '=', owner)
        .execute();
    },
    async retry(instanceId: string, now: number): Promise<void> {
      await db
        .updateTable('polls')
        .set({ due_at: now, free_at: now })
        .where('instance_id', '=', instanceId)
        .where('failures', '>', 0)
        .where('owner', 'is', null)
        .execute();
    },
    async nextDueAt(): Promise<number | null> {
      const { rows } = await selectNext(db, {});
      return rows[0]?.at ?? null;
    },
  };
}

const stateOf = (row: PollRow | undefined) => (row === undefined ? null : pollOf(row));
