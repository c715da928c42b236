import type { Sealer } from '../seal.ts';
import type { Connection } from './connection.ts';

const place = { table: 'meta', id: 'key-check', field: 'value' };

/**
 * Keeps a value sealed with the key the data was made with, and opens it: a wrong key shows when the store opens, not
 * when the first instance is polled. Of processes that start at once, the first one's key is kept.
 * @throws Failure `secret-key-wrong`
 */
export async function checkSecretKey({ db }: Connection, sealer: Sealer): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: place.id, value: sealer.seal('anyhook', place) })
    .onConflict((known) => known.column('key').doNothing())
    .execute();
  const { value } = await db.selectFrom('meta').select('value').where('key', '=', place.id).executeTakeFirstOrThrow();
  sealer.open(value, place);
}
