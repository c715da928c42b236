/** The operator's own apps, as far as their webhooks are registered at vendors. */
import type { StoredApp } from '../port.ts';
import { type AppRow, appColumns, appOf, appRowOf } from '../row/app-row.ts';
import { instanceColumns } from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import { type Connection, sql } from './connection.ts';
import { changeable } from './instances.ts';
import { subscribers } from './subscribers.ts';

const isKept = `is_app AND (NOT is_gone OR EXISTS (SELECT FROM subscriptions AS s
  WHERE s.instance_id = instances.id))`;
const selectAll = sql(`SELECT ${appColumns} FROM instances WHERE ${isKept} ORDER BY id`);
const select = sql(`SELECT ${appColumns} FROM instances WHERE id = $1 AND ${isKept}`);
// One that comes back has what it had registered.
const save = sql(`INSERT INTO instances (${instanceColumns}, is_app)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, true)
  ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, credentials = excluded.credentials, is_gone = false,
    updated_at = excluded.updated_at`);
const forget = sql(`UPDATE instances SET is_gone = true, credentials = CASE WHEN EXISTS (SELECT
    FROM subscriptions AS s WHERE s.instance_id = instances.id) THEN credentials ELSE '' END
  WHERE id = $1 AND is_app AND NOT is_gone`);

export function apps(connection: Connection, sealer: Sealer) {
  return {
    async list(): Promise<readonly StoredApp[]> {
      const rows = await connection.rows<AppRow>(selectAll, []);
      return rows.map((row) => appOf(row, sealer));
    },
    async get(id: string): Promise<StoredApp | null> {
      const [row] = await connection.rows<AppRow>(select, [id]);
      return row === undefined ? null : appOf(row, sealer);
    },
    save(app: Omit<StoredApp, 'isGone'>, now: number): Promise<void> {
      return connection.transaction(async (session) => {
        await session.run(save, [...changeable(appRowOf(app, now, sealer)), now]);
        await subscribers.wake(session, app.id, now);
      });
    },
    remove(id: string): Promise<void> {
      return connection.transaction(async (session) => {
        if ((await session.run(forget, [id])) > 0) await subscribers.leave(session, id);
      });
    },
  };
}
