/** Functions that take one value out of a native record. */

/** The value at `path`; undefined where a step leads nowhere. Only own properties are seen. */
export function compileGetter(path: readonly (string | number)[]): (record: unknown) => unknown {
  const [first, ...rest] = path;
  if (first === undefined) return (record) => record;
  const step = compileStep(first);
  if (rest.length === 0) return step;
  const next = compileGetter(rest);
  return (record) => next(step(record));
}

function compileStep(key: string | number): (value: unknown) => unknown {
  // Records come from JSON, so an inherited property can only be one of Object’s or Array’s own.
  if (key in Object.prototype || key in Array.prototype) {
    return (value) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
  }
  return (value) =>
    typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
}
