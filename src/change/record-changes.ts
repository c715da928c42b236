/** What differs between two states of a record. Pure. */

export interface RecordChanges {
  /** Dotted names of the properties of the common resource that differ; null when the state before is not kept. */
  readonly changedFields: readonly string[] | null;
  /** Those properties as they were; all of them when the record is gone. null when the state before is not kept. */
  readonly previous: Readonly<Record<string, unknown>> | null;
}

/** @param after null when the record is gone. */
export function changesBetween(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null,
): RecordChanges {
  if (before === null) return { changedFields: null, previous: null };
  if (after === null) return { changedFields: null, previous: before };
  const names = differing(before, after, '');
  const changed = (name: string): boolean => names.some((one) => one === name || one.startsWith(`${name}.`));
  return {
    changedFields: names,
    previous: Object.fromEntries(Object.entries(before).filter(([name]) => changed(name))),
  };
}

/** Objects are gone into, lists are compared as a whole: a list has no names that a receiver could follow. */
function differing(before: unknown, after: unknown, prefix: string): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differing(before[name], after[name], prefix === '' ? name : `${prefix}.${name}`));
  }
  return JSON.stringify(before ?? null) === JSON.stringify(after ?? null) ? [] : [prefix];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
