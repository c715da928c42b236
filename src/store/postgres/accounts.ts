import type { AccountPause } from '../account-board.ts';
import type { Sealer } from '../seal.ts';
import type { Connection } from './connection.ts';

/** What nodes tell one another of vendor accounts. */
export function accounts({ db }: Connection, sealer: Sealer) {
  return {
    async pause({ account, until, now }: AccountPause): Promise<void> {
      await db
        .insertInto('account_pauses')
        .values({ account: sealer.digest(account), paused_until: until })
        .onConflict((known) =>
          known.column('account').doUpdateSet(({ fn }) => ({
            paused_until: fn<number>('greatest', ['account_pauses.paused_until', 'excluded.paused_until']),
          })),
        )
        .execute();
      await db.deleteFrom('account_pauses').where('paused_until', '<=', now).execute();
    },
    async pausedUntil(account: string): Promise<number | null> {
      const row = await db
        .selectFrom('account_pauses')
        .select('paused_until')
        .where('account', '=', sealer.digest(account))
        .executeTakeFirst();
      return row?.paused_until ?? null;
    },
    async checkIn({ owner, now, since }: { owner: string; now: number; since: number }): Promise<number> {
      await db
        .insertInto('nodes')
        .values({ owner, seen_at: now })
        .onConflict((known) => known.column('owner').doUpdateSet({ seen_at: now }))
        .execute();
      await db.deleteFrom('nodes').where('seen_at', '<', since).execute();
      const { count } = await db
        .selectFrom('nodes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}
