import type { Sealer } from '../seal.ts';
import { type Connection, sql } from './connection.ts';

const place = { table: 'meta', id: 'key-check', field: 'value' };

const insert = sql('INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING');
const select = sql('SELECT value FROM meta WHERE key = $1');

/**
 * Keeps a value sealed with the key the data was made with, and opens it: a wrong key shows when the store opens, not
 * when the first instance is polled. Of processes that start at once, the first one's key is kept.
 * @throws Failure `secret-key-wrong`
 */
export async function checkSecretKey(connection: Connection, sealer: Sealer): Promise<void> {
  await connection.run(insert, [place.id, sealer.seal('anyhook', place)]);
  for (const { value } of await connection.rows<{ value: Buffer }>(select, [place.id])) sealer.open(value, place);
}
