/** Takes secrets out of texts that may be shown. */
import { readings } from './spelled-text.ts';

/** Shorter values would blot out ordinary words, and guard nothing. */
const SHORTEST_SECRET = 4;
/** A line of a secret that has several, such as a private key, is one too; shorter ones are its frame and its rest. */
const SHORTEST_LINE = 16;
const LONGEST_MESSAGE = 500;
/** No more of a text is looked through: so much is never left of one that is cut to `LONGEST_MESSAGE`. */
const LONGEST_READ = 50_000;
/** What may be base64 (RFC 4648 §4 and §5) of a secret of `SHORTEST_SECRET`. */
const BASE64 = /[\w+/-]{6,}={0,2}/g;

/**
 * The text with every secret replaced by `[secret]`, however it is spelled: percent-encoded, escaped in JSON or HTML,
 * more than once, or within what is base64, as the user and password of RFC 7617. Then cut to 500 characters: in this
 * order, so that no part of a secret survives at the cut.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const guarded = [...new Set(secrets.flatMap(guardedParts))];
  const read = text.slice(0, LONGEST_READ);
  const redacted = guarded.length === 0 ? read : withoutSpans(read, secretSpans(read, guarded));
  return redacted.length > LONGEST_MESSAGE ? `${redacted.slice(0, LONGEST_MESSAGE - 1)}…` : redacted;
}

function guardedParts(secret: string): readonly string[] {
  const lines = secret.split(/\s*\n\s*/).filter(({ length }) => length >= SHORTEST_LINE);
  return [secret, ...lines].filter(({ length }) => length >= SHORTEST_SECRET);
}

/** Half-open, in the text. */
type Span = readonly [start: number, end: number];

function secretSpans(text: string, secrets: readonly string[]): readonly Span[] {
  const encoded = secrets.flatMap((secret) =>
    spellings(secret).map((spelled) => Buffer.from(spelled).toString('latin1')),
  );
  return readings(text).flatMap(({ text: reading, spanOf }) => [
    ...secrets.flatMap((secret) => placesOf(secret, reading)).map(([start, end]) => spanOf(start, end)),
    ...[...reading.matchAll(BASE64)]
      .filter(([run]) => encodesOne(run, encoded))
      .map(({ 0: run, index }) => spanOf(index, index + run.length)),
  ]);
}

/** What is encoded in base64 may have been percent-encoded before (RFC 6749 §2.3.1). */
function spellings(secret: string): readonly string[] {
  return [...new Set([secret, encodeURIComponent(secret), new URLSearchParams([['', secret]]).toString().slice(1)])];
}

function placesOf(secret: string, text: string): Span[] {
  const places: Span[] = [];
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1))
    places.push([at, at + secret.length]);
  return places;
}

/** A run may begin with up to three characters that are none of it, as a word that it is glued to. */
function encodesOne(run: string, secrets: readonly string[]): boolean {
  return [0, 1, 2, 3].some((skipped) => {
    const bytes = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
    return secrets.some((secret) => bytes.includes(secret));
  });
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  let shown = '';
  let done = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (start >= done) shown += `${text.slice(done, start)}[secret]`;
    done = Math.max(done, end);
  }
  return shown + text.slice(done);
}
