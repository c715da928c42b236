/**
 * One process holds a data directory. The lock is an exclusive transaction on a small database beside the data, kept
 * open for as long as the process lives: the operating system ends it at any death, so none is ever stale.
 */
import Database from 'better-sqlite3';
import { Failure } from '../../diagnostic/failure.ts';

export interface Lock {
  release(): void;
}

/** @throws Failure `store-locked` when another holder has it. */
export function acquireLock(file: string): Lock {
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_BUSY') throw error;
    throw new Failure('store-locked', `Another process holds ${file}.`, {
      retryable: true,
      help: 'Stop the other process, or name another data directory.',
      cause: error,
    });
  }
  return {
    release() {
      db.close();
    },
  };
}
