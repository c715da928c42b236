/** Marks: texts that a write leaves in a record, so that an event can be told to be of that write. Pure. */

/** Letters, digits and hyphens only: it must do as a name, and before the @ of an address. */
const pattern = /anyhook-[0-9a-z]{1,12}-([0-9]{1,9})x/g;

/** @param run tells marks of different runs apart: small letters and digits. */
export function markOf(run: string, write: number): string {
  return `anyhook-${run}-${write}x`;
}

/** The number of the latest write that left its mark in a record; null when none did. */
export function latestMark(native: unknown): number | null {
  const numbers = [...JSON.stringify(native ?? null).matchAll(pattern)].map(([, number]) => Number(number));
  return numbers.length === 0 ? null : Math.max(...numbers);
}
