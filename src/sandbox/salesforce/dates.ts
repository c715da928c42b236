/** The vendor's form of an instant: whole seconds, `.000`, and an offset without a colon. */
export function renderDateTime(atMs: number): string {
  return `${new Date(Math.floor(atMs / 1000) * 1000).toISOString().slice(0, 19)}.000+0000`;
}

/** Reads an instant in the vendor's form or any ISO 8601 form; undefined when it is none. */
export function parseDateTime(text: string): number | undefined {
  const atMs = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Midnight UTC of a day written `2026-11-20`; undefined when there is no such day. */
export function parseDay(text: string): number | undefined {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== text ? undefined : atMs;
}
