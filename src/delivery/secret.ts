/**
 * Callback secrets of Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme).
 */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

const prefix = 'whsec_';
const minBytes = 24;
const maxBytes = 64;
const newSecretBytes = 32;

/** @param random Bytes that nobody can guess: `crypto.randomBytes`. */
export function createSecret(random: (size: number) => Buffer): string {
  return prefix + random(newSecretBytes).toString('base64');
}

/** What keeps the text from being a secret; null when nothing does. The diagnostic never repeats the text. */
export function checkSecret(text: string): Diagnostic | null {
  const key = decode(text);
  if (key !== null && key.length >= minBytes && key.length <= maxBytes) return null;
  return {
    code: 'callback-secret-invalid',
    severity: 'error',
    message:
      key === null
        ? 'The callback secret is not `whsec_` followed by base64.'
        : `The callback secret holds ${key.length} bytes; it must hold ${minBytes} to ${maxBytes}.`,
    help: 'Leave the secret out to have one made, or make one: `whsec_` and the base64 of 32 random bytes.',
  };
}

/** The bytes that sign. Throws on a text that `checkSecret` would not have let in. */
export function secretKey(text: string): Buffer {
  const key = decode(text);
  if (key === null) throw new TypeError('not a callback secret');
  return key;
}

function decode(text: string): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const base64 = text.slice(prefix.length);
  const key = Buffer.from(base64, 'base64');
  // Buffer skips what is not base64; writing it back shows whether anything was. Padding may be missing.
  return key.toString('base64').replace(/=+$/, '') === base64.replace(/={1,2}$/, '') ? key : null;
}
