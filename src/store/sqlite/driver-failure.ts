/** What the driver throws, as a failure when the world is to blame; a bug stays what it is. */
import Database from 'better-sqlite3';
import { Failure } from '../../diagnostic/failure.ts';
import { fileSystemFailure, storeUnavailable } from '../unavailable.ts';

// Extended codes begin with the primary one: SQLITE_IOERR_WRITE (https://www.sqlite.org/rescode.html).
const corrupt = /^SQLITE_(CORRUPT|NOTADB)/;
const unavailable = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|PERM|BUSY|LOCKED|PROTOCOL)/;

export function driverFailure(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return fileSystemFailure(error);
  if (corrupt.test(error.code)) {
    return new Failure('store-corrupt', `The database file is damaged: ${error.message}.`, {
      retryable: false,
      help: 'Restore the data directory from a backup.',
      detail: { sqlite: error.code },
      cause: error,
    });
  }
  return unavailable.test(error.code) ? storeUnavailable(error, error.code) : error;
}
