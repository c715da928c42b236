/**
 * PostgreSQL's text is UTF-8 without U+0000 (https://www.postgresql.org/docs/current/datatype-character.html); a
 * vendor's record ids and messages may hold that, or half of a surrogate pair. Such a unit is written as U+001A
 * (SUBSTITUTE) and four hex digits, so each text has one form and comes back as it was. Ordinary text stays as it is,
 * and so does JSON, in which JSON.stringify escapes all of these itself.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has no place in a text.
const unstorable = /[\0\x1a]|\p{Surrogate}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sign that stands for them.
const written = /\x1a([0-9a-f]{4})/g;

export function toStoredText(text: string): string {
  return text.replace(unstorable, (unit) => `\x1a${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function fromStoredText(text: string): string {
  if (!text.includes('\x1a')) return text;
  return text.replace(written, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
