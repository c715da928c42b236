/** The text of bytes that must be UTF-8; null when they are not: two bodies must never read as one. */
export function readUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
