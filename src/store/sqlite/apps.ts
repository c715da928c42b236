/** The operator's own apps, as far as their webhooks are registered at vendors. */
import type Database from 'better-sqlite3';
import type { StoredApp } from '../port.ts';
import { type AppRow, appColumns, appOf, appRowOf } from '../row/app-row.ts';
import type { InstanceRow } from '../row/instance-row.ts';
import { instanceColumns } from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import { subscribers } from './subscribers.ts';

export function apps(db: Database.Database, sealer: Sealer) {
  const waking = subscribers(db);
  const isKept = `is_app = 1 AND (is_gone = 0 OR EXISTS (SELECT 1 FROM subscriptions
    WHERE instance_id = instances.id))`;
  const selectAll = db.prepare<[], AppRow>(`SELECT ${appColumns} FROM instances WHERE ${isKept} ORDER BY id`);
  const select = db.prepare<[string], AppRow>(`SELECT ${appColumns} FROM instances WHERE id = ? AND ${isKept}`);
  // One that comes back has what it had registered.
  const save = db.prepare<[InstanceRow]>(`INSERT INTO instances (${instanceColumns}, is_app) VALUES (@id, @connector,
    @name, @tags, @settings, @objects, @credentials, @callback_url, @callback_format, @callback_secrets,
    @callback_disabled_at, @native_webhooks, @created_at, @updated_at, 1)
    ON CONFLICT DO UPDATE SET settings = excluded.settings, credentials = excluded.credentials, is_gone = 0,
      updated_at = excluded.updated_at`);
  const forget = db.prepare<[string]>(`UPDATE instances SET is_gone = 1, credentials = CASE WHEN EXISTS (SELECT 1
      FROM subscriptions WHERE instance_id = instances.id) THEN credentials ELSE x'' END
    WHERE id = ? AND is_app = 1 AND is_gone = 0`);

  const saveOne = db.transaction((app: Omit<StoredApp, 'isGone'>, now: number): void => {
    save.run(appRowOf(app, now, sealer));
    waking.wake(app.id, now);
  });
  const removeOne = db.transaction((id: string): void => {
    if (forget.run(id).changes > 0) waking.leave(id);
  });

  return {
    list: (): readonly StoredApp[] => selectAll.all().map((row) => appOf(row, sealer)),
    get(id: string): StoredApp | null {
      const row = select.get(id);
      return row === undefined ? null : appOf(row, sealer);
    },
    save: (app: Omit<StoredApp, 'isGone'>, now: number): void => saveOne.immediate(app, now),
    remove: (id: string): void => removeOne.immediate(id),
  };
}
