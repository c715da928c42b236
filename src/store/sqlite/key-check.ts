import type Database from 'better-sqlite3';
import type { Sealer } from '../seal.ts';

const place = { table: 'meta', id: 'key-check', field: 'value' };

/**
 * Keeps a value sealed with the key the data was made with, and opens it: a wrong key shows when the store opens, not
 * when the first instance is polled.
 * @throws Failure `secret-key-wrong`
 */
export function checkSecretKey(db: Database.Database, sealer: Sealer): void {
  const kept = db.prepare<[string], Buffer>('SELECT value FROM meta WHERE key = ?').pluck().get(place.id);
  if (kept !== undefined) sealer.open(kept, place);
  else db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run(place.id, sealer.seal('anyhook', place));
}
