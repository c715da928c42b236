/** What vendors tell of the objects of an account. */
import type Database from 'better-sqlite3';
import type { StoredDescription } from '../port.ts';
import { type DescriptionRow, descriptionOf } from '../row/description-row.ts';

export function descriptions(db: Database.Database) {
  const select = db.prepare<[string, string], DescriptionRow>(
    'SELECT description, due_at FROM descriptions WHERE instance_id = ? AND object = ?',
  );
  const upsert = db.prepare<[string, string, number, string]>(`INSERT INTO descriptions
      (instance_id, object, description, due_at)
    SELECT id, ?, ?, ? FROM instances WHERE id = ? AND is_gone = 0
    ON CONFLICT DO UPDATE SET description = excluded.description, due_at = excluded.due_at`);
  const expire = db.prepare<[string, string | null]>(
    'UPDATE descriptions SET due_at = 0 WHERE instance_id = ? AND object = coalesce(?, object)',
  );

  return {
    get(instanceId: string, object: string): StoredDescription | null {
      const row = select.get(instanceId, object);
      return row === undefined ? null : descriptionOf(instanceId, object, row);
    },
    save({ instanceId, object, description, dueAt }: StoredDescription): void {
      upsert.run(object, JSON.stringify(description), dueAt, instanceId);
    },
    expire(instanceId: string, object?: string): void {
      expire.run(instanceId, object ?? null);
    },
  };
}
