/** The bytes of a key from the text of a credential. */
import type { InboundKey } from '../definition/connector.ts';

/** null when the text is no such key, or an empty one, which would verify what anybody can sign. */
export function keyBytes({ encoding = 'utf8', stripPrefix = '' }: InboundKey, secret: string): Buffer | null {
  const text = secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
  const key = Buffer.from(text, encoding);
  // Buffer skips what is not base64 or hex; writing it back shows whether anything was. Padding may be missing.
  const isWhole =
    encoding === 'utf8' || withoutPadding(key.toString(encoding)) === withoutPadding(normal(text, encoding));
  return isWhole && key.length > 0 ? key : null;
}

function normal(text: string, encoding: 'base64' | 'hex'): string {
  return encoding === 'hex' ? text.toLowerCase() : text;
}

function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '');
}
