import Database from 'better-sqlite3';

/** How long to wait for a reader outside, such as a backup, that keeps the file busy. */
const busyTimeoutMs = 5_000;
/** What is not in it is in the system’s own cache of the file; an idle server with many instances fills it once an hour. */
const cacheKib = 8 * 1024;
const longestLogBytes = 64 * 1024 * 1024;

/** Opens the file so that what was committed survives a power cut. */
export function openConnection(file: string): Database.Database {
  const db = new Database(file, { timeout: busyTimeoutMs });
  try {
    db.pragma('journal_mode = WAL');
    // NORMAL syncs the log at checkpoints only: a power cut may undo commits whose success was answered, and then what
    // was delivered is delivered again. FULL syncs at each commit (https://www.sqlite.org/pragma.html#pragma_synchronous),
    // and fullfsync makes macOS, where fsync stops at the drive's cache, do so too.
    db.pragma('synchronous = FULL');
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('foreign_keys = ON');
    db.pragma(`cache_size = -${cacheKib}`);
    db.pragma(`journal_size_limit = ${longestLogBytes}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
