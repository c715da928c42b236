import type { ApiKey } from '../port.ts';
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
  };
}
