import type { ApiKey } from '../api-key-store.ts';
import type { Connection } from './connection.ts';

/** The hashes of the API's keys. */
export function apiKeys({ db }: Connection) {
  return {
    async create({ id, name, hash, createdAt }: ApiKey): Promise<void> {
      await db.insertInto('api_keys').values({ id, name, hash, created_at: createdAt }).execute();
    },
    list(): Promise<readonly ApiKey[]> {
      return db
        .selectFrom('api_keys')
        .select(['id', 'name', 'hash', 'created_at as createdAt'])
        .orderBy('created_at')
        .orderBy('id')
        .execute();
    },
    async remove(id: string): Promise<boolean> {
      return (await db.deleteFrom('api_keys').where('id', '=', id).returning('id').execute()).length > 0;
    },
  };
}
