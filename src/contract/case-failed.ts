/** What the vendor refuses while something is tried, told like what is wrong. Pure. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Failure } from '../diagnostic/failure.ts';

/** @param subject what was tried, in words: `acme contact`. */
export function caseFailed(subject: string, { message, help }: Failure): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `${subject}: ${message}`,
    ...(help !== undefined && { help }),
  };
}
