import type Database from 'better-sqlite3';

/** As much as a page of events: where a disk is all but full, a few bytes would find room when what matters does not. */
const probeBytes = 64 * 1024;

/** Writes one row, always the same, as anything that is stored is written. */
export function probe(db: Database.Database): () => void {
  const write = db.prepare<[number]>(
    "INSERT INTO meta (key, value) VALUES ('probe', randomblob(?)) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return () => void write.run(probeBytes);
}
