/** Stores with nothing in them, each in a place of its own, that can be closed and opened again on what they kept. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { OpenedStore } from './store.ts';

const secretKey = Buffer.alloc(32, 7);

async function reopening(open: () => Promise<Store>, remove: () => Promise<void>): Promise<OpenedStore> {
  const opened = {
    store: await open(),
    async reopen(): Promise<Store> {
      await opened.store.close();
      opened.store = await open();
      return opened.store;
    },
    async close(): Promise<void> {
      await opened.store.close();
      await remove();
    },
  };
  return opened;
}

export async function freshSqlite(): Promise<OpenedStore> {
  const dir = await mkdtemp(join(tmpdir(), 'anyhook-store-'));
  const options = { file: join(dir, 'anyhook.db'), secretKey };
  return reopening(
    () => openSqliteStore(options),
    () => rm(dir, { recursive: true }),
  );
}

/** A schema of its own in the database. */
export function freshPostgres(url: string): Promise<OpenedStore> {
  const options = { url, secretKey, schema: `test_${randomBytes(6).toString('hex')}`, poolSize: 4 };
  return reopening(
    () => openPostgresStore(options),
    async () => {},
  );
}
