/** Comparing with a secret in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two texts are equal; neither their content nor their lengths show in how long it takes. */
export function isEqualSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  // Lone surrogates would all become one character in UTF-8.
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest();
}
