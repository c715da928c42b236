/** Takes one value out of a native record: undefined where a step leads nowhere. Only own properties are seen. */
type Path = readonly (string | number)[];

export function valueAt(record: unknown, path: Path): unknown {
  let at = record;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** As `valueAt`: an expression over `record`, which may use a variable `at`. */
export function valueSource(path: Path): string {
  return path.reduce<string>(stepSource, 'record');
}

function stepSource(source: string, key: string | number): string {
  const name = JSON.stringify(key);
  // Records come from JSON, so an inherited property can only be one of Object’s or Array’s own.
  const isInherited = key in Object.prototype || key in Array.prototype;
  const isThere = isInherited ? ` && Object.hasOwn(at, ${name})` : '';
  return `(typeof (at = ${source}) === 'object' && at !== null${isThere} ? at[${name}] : undefined)`;
}
