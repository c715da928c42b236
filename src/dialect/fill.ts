/**
 * Templates of a dialect: `{name}` in a text is replaced, `{{` and `}}` are the braces themselves. One pass, so a
 * value that looks like a placeholder stays what it is.
 */
export type Slots = Readonly<Record<string, unknown>>;

const token = /\{\{|\}\}|\{([a-z]+)\}/g;

/** What stands before the first name, between names, and after the last: one more than there are names. */
interface Template {
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** Dialects have few templates and fill them for every condition, so each is taken apart once. */
const templates = new Map<string, Template>();

function templateOf(source: string): Template {
  const known = templates.get(source);
  if (known !== undefined) return known;
  const texts: string[] = [];
  const names: string[] = [];
  let text = '';
  let end = 0;
  for (const match of source.matchAll(token)) {
    const [found, name] = match;
    text += source.slice(end, match.index);
    end = match.index + found.length;
    if (name === undefined) text += found.charAt(0);
    else {
      names.push(name);
      texts.push(text);
      text = '';
    }
  }
  texts.push(text + source.slice(end));
  const template = { texts, names };
  templates.set(source, template);
  return template;
}

/** The text with its placeholders replaced. A placeholder without a slot is a fault that `checkDialect` reports. */
export function fillText(template: string, slots: Slots): string {
  const { texts, names } = templateOf(template);
  let filled = texts[0] ?? '';
  for (const [index, name] of names.entries()) filled += String(slots[name]) + (texts[index + 1] ?? '');
  return filled;
}

/** Any JSON with its placeholders replaced, in keys too. A text that is one placeholder becomes the value itself. */
export function fillTree(template: unknown, slots: Slots): unknown {
  if (typeof template === 'string') {
    const { texts, names } = templateOf(template);
    const [name] = names;
    const isAlone = name !== undefined && names.length === 1 && texts[0] === '' && texts[1] === '';
    return isAlone ? slots[name] : fillText(template, slots);
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
