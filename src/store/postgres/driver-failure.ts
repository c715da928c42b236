/** What the driver throws, as a failure when the world is to blame; a bug stays what it is. */
import { DatabaseError } from 'pg';
import { Failure } from '../../diagnostic/failure.ts';

// SQLSTATE, by class or whole (https://www.postgresql.org/docs/current/errcodes-appendix.html).
/** Damaged pages; tables or columns of ours that are gone. */
const corrupt = /^(XX00[12]|42P01|42703)/;
/** No connection, not let in, full, shut down, read-only, out of time, or in another's way for too long. */
const unavailable = /^(08|28|53|57|58|3D000|25006|25P0[34]|40001|40P01|42501|55P03|55000)/;
/** Two transactions in each other's way: the one that was rolled back may run again. */
const conflict = /^(40001|40P01)$/;
/** A value, or a row that breaks a rule: of one item, whatever it was sent with. */
const ofOneItem = /^2[23]/;

/** What pg says of a connection that broke, which has no code (pg/lib/client.js, pg-pool/index.js). */
const brokenConnection =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded when trying to connect|Client was closed|The server does not support SSL)/;

export function driverFailure(error: unknown): unknown {
  if (error instanceof DatabaseError) return databaseFailure(error, error.code ?? '');
  if (!(error instanceof Error)) return error;
  if (isSystemError(error)) return storeUnavailable(error, error.code);
  return brokenConnection.test(error.message) ? storeUnavailable(error, 'connection') : error;
}

/** Whether the same transaction can go well when it is run again at once. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && conflict.test(error.code ?? '');
}

/** Whether only some item of a batch is at fault. */
export function isOfOneItem(error: unknown): boolean {
  return error instanceof DatabaseError && ofOneItem.test(error.code ?? '');
}

function databaseFailure(error: DatabaseError, code: string): unknown {
  if (corrupt.test(code)) {
    return new Failure('store-corrupt', `The database is damaged: ${error.message}.`, {
      retryable: false,
      help: 'Restore the database from a backup.',
      detail: { sqlState: code },
      cause: error,
    });
  }
  return unavailable.test(code) ? storeUnavailable(error, code) : error;
}

/** A refused connection, a name that is not found, a certificate that is not trusted. */
function isSystemError(error: Error): error is Error & { code: string } {
  return (
    'code' in error && typeof error.code === 'string' && /^(E[A-Z]|[A-Z]+_CERT|CERT_|SELF_SIGNED)/.test(error.code)
  );
}

function storeUnavailable(cause: Error, code: string): Failure {
  // A connection tried on several addresses fails with an error of no words of its own.
  const said = cause.message === '' ? code : cause.message;
  return new Failure('store-unavailable', `The database does not take or answer a request: ${said}.`, {
    retryable: true,
    help: 'Check that PostgreSQL runs, that the address, user and password of the store are right, and that its disk is not full.',
    detail: { cause: code },
    cause,
  });
}
