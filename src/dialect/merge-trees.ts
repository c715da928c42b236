/** Several JSON objects as one, where conditions are properties of one object. */

/** The two merged at every depth. @throws RangeError when both need the same place. */
export function mergeTrees(a: unknown, b: unknown): unknown {
  if (!isPlain(a) || !isPlain(b)) throw new RangeError('two conditions need the same place');
  const added = Object.entries(b).map(([key, value]) => [
    key,
    Object.hasOwn(a, key) ? mergeTrees(a[key], value) : value,
  ]);
  return Object.fromEntries([...Object.entries(a), ...added]);
}

/** True when the two can be merged. */
export function isMergeable(a: unknown, b: unknown): boolean {
  if (!isPlain(a) || !isPlain(b)) return false;
  return Object.entries(b).every(([key, value]) => !Object.hasOwn(a, key) || isMergeable(a[key], value));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
