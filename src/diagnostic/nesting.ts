/** How deep JSON may nest, whoever sent or wrote it: what is made of it later may recurse. */

/** Deeper than any vendor's record, any event and any definition. */
export const deepestNesting = 100;

/** Whether lists and objects nest deeper than the limit. Does not recurse, and ends where a value holds itself. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isHolder);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > deepestNesting) return true;
    const next: object[] = [];
    for (const holder of level) {
      for (const part of Array.isArray(holder) ? holder : Object.values(holder)) if (isHolder(part)) next.push(part);
    }
    level = next;
  }
  return false;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
