import type { PollKey, PollRelease, PollState } from '../port.ts';
import { type PollRow, pollColumns, pollOf } from '../row/poll-row.ts';
import { anyOfQuery } from './array-table.ts';
import { type Connection, relaxed } from './connection.ts';
import { pollKey } from './poll-key.ts';

interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

/** Polls that may be leased are looked for among so many that are due first. */
const mostLeased = 1_000;

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
      const due = db
        .selectFrom('polls')
        .select('ctid')
        .where('due_at', '<=', now)
        .where('free_at', '<=', now)
        .orderBy('due_at')
        .limit(limit)
        .forUpdate()
        .skipLocked();
      const rows = await db
        .updateTable('polls')
        .set({ owner, free_at: now + leaseMs })
        .where(relaxed)
        .where('ctid', '=', anyOfQuery(due))
        .returning(pollColumns)
        .execute();
      return rows.map(pollOf).sort((a, b) => a.dueAt - b.dueAt);
    },
    async lease(key: PollKey, { owner, now, leaseMs }: Lease): Promise<PollState | null> {
      const row = await update(key)
        .set({ owner, free_at: now + leaseMs })
        .where(({ eb, or }) => or([eb('owner', 'is', null), eb('free_at', '<=', now)]))
        .returning(pollColumns)
        .executeTakeFirst();
      return stateOf(row);
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
      const byDue = db.selectFrom('polls').orderBy('due_at');
      const next = byDue.select('due_at').where('owner', 'is', null).limit(1);
      // What is leased was due first, so it stands before the rest; of a crowd of leases the first tell when one ends.
      const leased = db
        .selectFrom(byDue.select(['owner', 'due_at', 'free_at']).limit(mostLeased).as('first'))
        .select(({ fn }) => fn.min(fn<number>('greatest', ['due_at', 'free_at'])).as('at'))
        .where('owner', 'is not', null);
      const { at } = await db
        .selectNoFrom(({ fn }) => fn<number | null>('least', [next, leased]).as('at'))
        .executeTakeFirstOrThrow();
      return at;
    },
  };
}

const stateOf = (row: PollRow | undefined) => (row === undefined ? null : pollOf(row));
