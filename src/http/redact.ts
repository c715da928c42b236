/** Takes secrets out of texts that may be shown. */

/** Shorter values would blot out ordinary words, and guard nothing. */
const SHORTEST_SECRET = 4;
const LONGEST_MESSAGE = 500;

/**
 * The text with every secret replaced by `[secret]`, also where it stands percent-encoded
 * or escaped in JSON, then cut to 500
 * characters: in this order, so that no part of a secret survives at the cut.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings));
  let redacted = text;
  for (const secret of [...forms].sort((a, b) => b.length - a.length)) {
    redacted = redacted.replaceAll(secret, '[secret]');
  }
  return redacted.length > LONGEST_MESSAGE ? `${redacted.slice(0, LONGEST_MESSAGE - 1)}…` : redacted;
}

function spellings(secret: string): readonly string[] {
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)];
}
