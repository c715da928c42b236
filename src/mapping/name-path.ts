/**
 * The fast path of mappings: most expressions are a dotted path of names, and JSONata's evaluator costs two
 * promises a step. What this yields is what JSONata yields; `test/mapping/name-path.test.ts` proves it against JSONata.
 */

/** Several results, as against one value that is an array: JSONata's sequence. */
class Sequence {
  constructor(readonly items: readonly unknown[]) {}
}

/**
 * The value at a path of names. Arrays on the way are mapped over and flattened one level, a single result
 * stands for itself, and no result is undefined.
 */
export function evaluateNamePath(names: readonly string[], input: unknown): unknown {
  let items: readonly unknown[] = [input];
  for (const [index, name] of names.entries()) {
    const results = items.map((item) => lookup(item, name)).filter((result) => result !== undefined);
    const [only] = results;
    if (index === names.length - 1 && results.length === 1 && Array.isArray(only)) return only;
    items = results.flatMap((result) => (result instanceof Sequence ? result.items : result));
    if (items.length === 0) return undefined;
  }
  return items.length === 1 ? items[0] : items;
}

function lookup(item: unknown, name: string): unknown {
  if (!Array.isArray(item)) return ownValue(item, name);
  const found = collect(item, name);
  if (found.length === 0) return undefined;
  return found.length === 1 ? found[0] : new Sequence(found);
}

/** Arrays are searched to any depth; values that are arrays are flattened into the result. */
function collect(items: readonly unknown[], name: string): unknown[] {
  return items.flatMap((item) => {
    const value = Array.isArray(item) ? collect(item, name) : ownValue(item, name);
    return value === undefined ? [] : value;
  });
}

function ownValue(item: unknown, name: string): unknown {
  if (item === null || typeof item !== 'object' || !Object.hasOwn(item, name)) return undefined;
  return (item as Readonly<Record<string, unknown>>)[name];
}
