import { deepestNesting } from '../diagnostic/nesting.ts';

/**
 * A JSONata result as plain JSON: without the flags that JSONata hangs on arrays, without functions, with
 * own properties only. What has no JSON form is left out of objects and is null in arrays, as in JSON.stringify.
 * @throws RangeError for a value that nests deeper than `deepestNesting`.
 */
export function toPlainJson(value: unknown, depth = 0): unknown {
  if (depth > deepestNesting) throw new RangeError(`The value nests deeper than ${deepestNesting} levels.`);
  if (Array.isArray(value)) return value.map((item) => toPlainJson(item, depth + 1) ?? null);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || isJsonataFunction(value)) return undefined;
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const plainItem = toPlainJson(item, depth + 1);
    if (plainItem !== undefined) setOwn(plain, key, plainItem);
  }
  return plain;
}

/** Sets an own property whatever its name: assigning to `__proto__` would change the prototype instead. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

function isJsonataFunction(value: object): boolean {
  return Object.hasOwn(value, '_jsonata_lambda') || Object.hasOwn(value, '_jsonata_function');
}
