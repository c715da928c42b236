import type { ApiKey } from '../port.ts';
import { type Connection, sql } from './connection.ts';

const insert = sql('INSERT INTO api_keys (id, name, hash, created_at) VALUES ($1, $2, $3, $4)');
const select = sql('SELECT id, name, hash, created_at AS "createdAt" FROM api_keys ORDER BY created_at, id');

/** The hashes of the API's keys. */
export function apiKeys(connection: Connection) {
  return {
    async create({ id, name, hash, createdAt }: ApiKey): Promise<void> {
      await connection.run(insert, [id, name, hash, createdAt]);
    },
    list(): Promise<readonly ApiKey[]> {
      return connection.rows<ApiKey>(select);
    },
  };
}
