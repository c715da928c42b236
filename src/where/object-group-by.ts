/** Chevrotain 13 checks its grammars with `Object.groupBy`, which Node 20 does not have yet (ES2024). */
const target = Object as { groupBy?: unknown };
target.groupBy ??= <T>(
  items: Iterable<T>,
  keyOf: (item: T, index: number) => PropertyKey,
): Record<PropertyKey, T[]> => {
  const groups: Record<PropertyKey, T[]> = Object.create(null);
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups[key];
    if (group === undefined) groups[key] = [item];
    else group.push(item);
  }
  return groups;
};
