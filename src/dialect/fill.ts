/**
 * Templates of a dialect: `{name}` in a text is replaced, `{{` and `}}` are the braces themselves. One pass, so a
 * value that looks like a placeholder stays what it is.
 */
export type Slots = Readonly<Record<string, unknown>>;

const token = /\{\{|\}\}|\{([a-z]+)\}/g;
const alone = /^\{([a-z]+)\}$/;

/** The text with its placeholders replaced. A placeholder without a slot is a fault that `checkDialect` reports. */
export function fillText(template: string, slots: Slots): string {
  return template.replace(token, (found, name: string | undefined) =>
    name === undefined ? found.charAt(0) : String(slots[name]),
  );
}

/** Any JSON with its placeholders replaced, in keys too. A text that is one placeholder becomes the value itself. */
export function fillTree(template: unknown, slots: Slots): unknown {
  if (typeof template === 'string') {
    const name = alone.exec(template)?.[1];
    return name === undefined ? fillText(template, slots) : slots[name];
  }
  if (Array.isArray(template)) return template.map((item) => fillTree(item, slots));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [fillText(key, slots), fillTree(value, slots)]),
  );
}

/** The placeholders of a template, with repetitions: those in keys, and those in values. */
export function placeholders(template: unknown): {
  readonly keys: readonly string[];
  readonly values: readonly string[];
} {
  if (typeof template === 'string') return { keys: [], values: namesIn(template) };
  if (template === null || typeof template !== 'object') return { keys: [], values: [] };
  const inner = Object.values(template).map(placeholders);
  const ownKeys = Array.isArray(template) ? [] : Object.keys(template).flatMap(namesIn);
  return {
    keys: [...ownKeys, ...inner.flatMap((found) => found.keys)],
    values: inner.flatMap((found) => found.values),
  };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(token)].flatMap((match) => (match[1] === undefined ? [] : [match[1]]));
}
