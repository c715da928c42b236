import { Failure } from '../diagnostic/failure.ts';

/** A full disk, a missing permission, a folder that is a file: a person can mend it, and then trying again helps. */
export function storeUnavailable(cause: Error, code: string): Failure {
  return new Failure('store-unavailable', `The data cannot be read or written: ${cause.message}.`, {
    retryable: true,
    help: 'Check that the data directory exists, may be written, and that its disk is not full.',
    detail: { cause: code },
    cause,
  });
}

/** Nothing has been stored there: what is asked for needs a store that a runtime has made. */
export function noStore(place: string): Failure {
  return new Failure('store-unavailable', `There is no store at ${place} yet.`, {
    retryable: false,
    help: 'Check --data and --store; the first start of anyhook serve makes the store.',
  });
}

/** Errors of the file system, such as EACCES, as failures; anything else as it is. */
export function fileSystemFailure(error: unknown): unknown {
  const isSystemError = error instanceof Error && 'syscall' in error && 'code' in error;
  return isSystemError ? storeUnavailable(error, String(error.code)) : error;
}
