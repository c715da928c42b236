/** Diagnostics about a dialect file. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

export function contradiction(pointer: string, message: string, help: string): Diagnostic {
  return { code: 'dialect-contradiction', severity: 'error', message, help, pointer };
}

/** A JSON pointer (RFC 6901) to a part of a part. */
export function pointerTo(base: string, ...keys: readonly string[]): string {
  return [base, ...keys.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}
