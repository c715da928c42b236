/**
 * Templates of a dialect: `{name}` in a text is replaced, `{{` and `}}` are the braces themselves. One pass, so a
 * value that looks like a placeholder stays what it is.
 */
export type Slots = Readonly<Record<string, unknown>>;

const token = /\{\{|\}\}|\{([a-z]+)\}/g;

/** A text taken apart: each name with what stands before it, and what stands after the last. */
interface Template {
  readonly places: readonly { readonly before: string; readonly name: string }[];
  readonly end: string;
}

/** Dialects have few templates and fill them for every condition, so each is taken apart once. */
const templates = new Map<string, Template>();

function templateOf(source: string): Template {
  const known = templates.get(source);
  if (known !== undefined) return known;
  const places: { before: string; name: string }[] = [];
  let text = '';
  let at = 0;
  for (const match of source.matchAll(token)) {
    const [found, name] = match;
    text += source.slice(at, match.index);
    at = match.index + found.length;
    if (name === undefined) text += found.charAt(0);
    else {
      places.push({ before: text, name });
      text = '';
    }
  }
  const template = { places, end: text + source.slice(at) };
  templates.set(source, template);
  return template;
}

/** The text with its placeholders replaced. A placeholder without a slot is a fault that `checkDialect` reports. */
export function fillText(template: string, slots: Slots): string {
  const { places, end } = templateOf(template);
  let filled = '';
  for (const { before, name } of places) filled += before + String(slots[name]);
  return filled + end;
}

type Filler = (slots: Slots) => unknown;

/** As `templates`, for the objects and arrays of dialects, which nobody changes. */
const fillers = new WeakMap<object, Filler>();

/** Any JSON with its placeholders replaced, in keys too. A text that is one placeholder becomes the value itself. */
export function fillTree(template: unknown, slots: Slots): unknown {
  if (typeof template === 'string') return textFiller(template)(slots);
  if (template === null || typeof template !== 'object') return template;
  let filler = fillers.get(template);
  if (filler === undefined) {
    filler = Array.isArray(template) ? arrayFiller(template) : objectFiller(template);
    fillers.set(template, filler);
  }
  return filler(slots);
}

function fillerOf(template: unknown): Filler {
  if (typeof template === 'string') return textFiller(template);
  return (slots) => fillTree(template, slots);
}

function textFiller(template: string): Filler {
  const { places, end } = templateOf(template);
  const [place] = places;
  if (place === undefined) return () => end;
  const { before, name } = place;
  const isAlone = before === '' && places.length === 1 && end === '';
  return isAlone ? (slots) => slots[name] : (slots) => fillText(template, slots);
}

function arrayFiller(items: readonly unknown[]): Filler {
  const inner = items.map(fillerOf);
  return (slots) => inner.map((fill) => fill(slots));
}

function objectFiller(template: object): Filler {
  const entries = Object.entries(template).map(([key, value]) => ({ key, fill: fillerOf(value) }));
  return (slots) => {
    const filled: Record<string, unknown> = {};
    for (const { key, fill } of entries) {
      const name = fillText(key, slots);
      const value = fill(slots);
      // An object takes this name for its prototype unless it is told that it is a property.
      if (name === '__proto__') Object.defineProperty(filled, name, { value, ...asWritten });
      else filled[name] = value;
    }
    return filled;
  };
}

/** One parameter of a template, in which a name may have placeholders too. */
export interface PairTemplate {
  readonly name: string;
  readonly value: string;
}

/** As `templates`, for objects whose properties are parameters. */
const pairLists = new WeakMap<object, readonly PairTemplate[]>();

/** The parameters of a template, in order; none of what is no object. */
export function pairTemplates(template: unknown): readonly PairTemplate[] {
  if (template === null || typeof template !== 'object') return [];
  let pairs = pairLists.get(template);
  if (pairs === undefined) {
    pairs = Object.entries(template).map(([name, value]) => ({ name, value: String(value) }));
    pairLists.set(template, pairs);
  }
  return pairs;
}

const asWritten = { enumerable: true, configurable: true, writable: true };

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
