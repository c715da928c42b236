import type Database from 'better-sqlite3';
import type { ApiKey } from '../api-key-store.ts';

/** The hashes of the API's keys. */
export function apiKeys(db: Database.Database) {
  const insert = db.prepare<[ApiKey]>(
    'INSERT INTO api_keys (id, name, hash, created_at) VALUES (@id, @name, @hash, @createdAt)',
  );
  const select = db.prepare<[], ApiKey>(
    'SELECT id, name, hash, created_at AS createdAt FROM api_keys ORDER BY created_at, id',
  );
  const remove = db.prepare<[string]>('DELETE FROM api_keys WHERE id = ?');

  return {
    create(key: ApiKey): void {
      insert.run(key);
    },
    list(): readonly ApiKey[] {
      return select.all();
    },
    remove(id: string): boolean {
      return remove.run(id).changes > 0;
    },
  };
}
