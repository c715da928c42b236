/** The operator's own apps, as far as their webhooks are registered at vendors. */
import type { StoredApp } from '../port.ts';
import { appColumns, appOf, appRowOf } from '../row/app-row.ts';
import type { Sealer } from '../seal.ts';
import type { Connection } from './connection.ts';
import { hasWebhooks, neededSecrets } from './has-webhooks.ts';
import { subscribers } from './subscribers.ts';

export function apps({ db, transaction }: Connection, sealer: Sealer) {
  /** One that is gone is an app for as long as something is to be removed at its vendor. */
  const kept = () =>
    db
      .selectFrom('instances')
      .select(appColumns)
      .where('is_app', 'is', true)
      .where((eb) => eb.or([eb('is_gone', 'is', false), hasWebhooks(eb)]));

  return {
    async list(): Promise<readonly StoredApp[]> {
      const rows = await kept().orderBy('id').execute();
      return rows.map((row) => appOf(row, sealer));
    },
    async get(id: string): Promise<StoredApp | null> {
      const row = await kept().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : appOf(row, sealer);
    },
    save(app: Omit<StoredApp, 'isGone'>, now: number): Promise<void> {
      return transaction(async (session) => {
        const row = appRowOf(app, now, sealer);
        const { settings, credentials, updated_at } = row;
        await session
          .insertInto('instances')
          .values({ ...row, is_app: true })
          // One that comes back has what it had registered.
          .onConflict((known) => known.column('id').doUpdateSet({ settings, credentials, updated_at, is_gone: false }))
          .execute();
        await subscribers.wake(session, app.id, now);
      });
    },
    remove(id: string): Promise<void> {
      return transaction(async (session) => {
        const { numUpdatedRows } = await session
          .updateTable('instances')
          .set((eb) => ({ is_gone: true, credentials: neededSecrets(eb) }))
          .where('id', '=', id)
          .where('is_app', 'is', true)
          .where('is_gone', 'is', false)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await subscribers.leave(session, id);
      });
    },
  };
}
