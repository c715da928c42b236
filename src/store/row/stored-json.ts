import { Failure } from '../../diagnostic/failure.ts';

/**
 * Reads JSON that the store wrote itself: always an object or an array.
 * @param what Names the place, for the message.
 * @throws Failure `store-corrupt` when it is something else.
 */
export function parseStored(text: string, what: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw corrupt(what, cause);
  }
  throw corrupt(what);
}

function corrupt(what: string, cause?: unknown): Failure {
  return new Failure('store-corrupt', `The stored ${what} is not the JSON that was written.`, {
    retryable: false,
    help: 'Restore the data directory from a backup.',
    ...(cause === undefined ? {} : { cause }),
  });
}
