/** What vendors tell of the objects of an account. */
import type Database from 'better-sqlite3';
import type { DescriptionTold, StoredDescription } from '../port.ts';
import { type DescriptionRow, descriptionOf } from '../row/description-row.ts';
import { stream } from './stream.ts';

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
  const events = stream(db);

  const put = ({ instanceId, object, description, dueAt }: StoredDescription) =>
    upsert.run(object, JSON.stringify(description), dueAt, instanceId);
  const tell = db.transaction((description: StoredDescription, { insteadOf, notice, now }: DescriptionTold) => {
    const { instanceId, object } = description;
    if (select.get(instanceId, object)?.due_at !== insteadOf) return;
    if (put(description).changes > 0) events.append(instanceId, [notice], now);
  });

  return {
    get(instanceId: string, object: string): StoredDescription | null {
      const row = select.get(instanceId, object);
      return row === undefined ? null : descriptionOf(instanceId, object, row);
    },
    save(description: StoredDescription, told?: DescriptionTold): void {
      if (told === undefined) put(description);
      else tell.immediate(description, told);
    },
    expire(instanceId: string, object?: string): void {
      expire.run(instanceId, object ?? null);
    },
  };
}
