/** What vendors tell of the objects of an account. */
import type { DescriptionTold, StoredDescription } from '../port.ts';
import { type DescriptionRow, descriptionOf } from '../row/description-row.ts';
import { type Connection, sql } from './connection.ts';
import { appendToStream } from './stream-append.ts';
import { streams } from './streams.ts';

const select = sql('SELECT description, due_at FROM descriptions WHERE instance_id = $1 AND object = $2');
const upsert = sql(`INSERT INTO descriptions (instance_id, object, description, due_at)
  SELECT id, $2, $3, $4 FROM instances WHERE id = $1 AND NOT is_gone
  ON CONFLICT (instance_id, object) DO UPDATE SET description = excluded.description, due_at = excluded.due_at`);
const replace = sql(`UPDATE descriptions SET description = $3, due_at = $4
  WHERE instance_id = $1 AND object = $2 AND due_at = $5`);
const expire = sql('UPDATE descriptions SET due_at = 0 WHERE instance_id = $1 AND object = coalesce($2, object)');

const valuesOf = ({ instanceId, object, description, dueAt }: StoredDescription) => [
  instanceId,
  object,
  JSON.stringify(description),
  dueAt,
];

export function descriptions(connection: Connection) {
  const tell = (description: StoredDescription, { insteadOf, notice, now }: DescriptionTold) =>
    connection.transaction(async (session) => {
      const { instanceId } = description;
      const stream = await streams.lock(session, instanceId);
      if (stream === undefined || (await session.run(replace, [...valuesOf(description), insteadOf])) === 0) return;
      await appendToStream(session, instanceId, stream, [notice], now);
    });

  return {
    async get(instanceId: string, object: string): Promise<StoredDescription | null> {
      const [row] = await connection.rows<DescriptionRow>(select, [instanceId, object]);
      return row === undefined ? null : descriptionOf(instanceId, object, row);
    },
    async save(description: StoredDescription, told?: DescriptionTold): Promise<void> {
      if (told === undefined) await connection.run(upsert, valuesOf(description));
      else await tell(description, told);
    },
    async expire(instanceId: string, object?: string): Promise<void> {
      await connection.run(expire, [instanceId, object ?? null]);
    },
  };
}
