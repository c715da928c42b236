/** What vendors tell of the objects of an account. */
import type { StoredDescription } from '../port.ts';
import { type DescriptionRow, descriptionOf } from '../row/description-row.ts';
import { type Connection, sql } from './connection.ts';

const select = sql('SELECT description, due_at FROM descriptions WHERE instance_id = $1 AND object = $2');
const upsert = sql(`INSERT INTO descriptions (instance_id, object, description, due_at)
  SELECT id, $2, $3, $4 FROM instances WHERE id = $1 AND NOT is_gone
  ON CONFLICT (instance_id, object) DO UPDATE SET description = excluded.description, due_at = excluded.due_at`);
const expire = sql('UPDATE descriptions SET due_at = 0 WHERE instance_id = $1 AND object = coalesce($2, object)');

export function descriptions(connection: Connection) {
  return {
    async get(instanceId: string, object: string): Promise<StoredDescription | null> {
      const [row] = await connection.rows<DescriptionRow>(select, [instanceId, object]);
      return row === undefined ? null : descriptionOf(instanceId, object, row);
    },
    async save({ instanceId, object, description, dueAt }: StoredDescription): Promise<void> {
      await connection.run(upsert, [instanceId, object, JSON.stringify(description), dueAt]);
    },
    async expire(instanceId: string, object?: string): Promise<void> {
      await connection.run(expire, [instanceId, object ?? null]);
    },
  };
}
