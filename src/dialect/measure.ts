/** How long a native query is, in the measure of its dialect’s limit. */
import type { Limits } from '../definition/dialect.ts';
import type { Native } from './query.ts';

/** A character is at most three bytes of UTF-8, each written with three: %E2%82%AC. */
const MOST_ENCODED = 9;
/** JSON writes a character with at most six: \u0000. */
const MOST_ESCAPED = 6;
/** No number, and no word of JSON, is longer. */
const LONGEST_PLAIN = 25;

/** True when the vendor would find it too long. Short ones are not encoded to know. */
export function isTooLong(native: Native, limits: Limits): boolean {
  const { length: most, measure } = limits;
  if (most === undefined) return false;
  const isUrl = measure === 'url' || native.kind === 'pairs';
  if (boundOf(native) * (isUrl ? MOST_ENCODED : 1) <= most) return false;
  return lengthOf(native, limits) > most;
}

/** No less than what is written, before it is encoded for a URL. */
function boundOf(native: Native): number {
  switch (native.kind) {
    case 'text':
      return native.text.length;
    case 'tree':
      return treeBound(native.tree);
    case 'pairs': {
      let bound = 0;
      for (const [name, value] of native.pairs) bound += name.length + value.length + 2;
      return bound;
    }
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function treeBound(tree: unknown): number {
  if (typeof tree === 'string') return tree.length * MOST_ESCAPED + 2;
  if (tree === null || typeof tree !== 'object') return LONGEST_PLAIN;
  let bound = 2;
  if (Array.isArray(tree)) for (const item of tree) bound += treeBound(item) + 1;
  else for (const key in tree) bound += key.length * MOST_ESCAPED + 4 + treeBound((tree as JsonObject)[key]);
  return bound;
}

/** Characters of the text or of the tree as JSON; parameters, and text that goes into a URL, percent-encoded. */
export function lengthOf(native: Native, { measure }: Limits): number {
  switch (native.kind) {
    case 'text':
      return measure === 'url' ? encodeURIComponent(native.text).length : native.text.length;
    case 'tree': {
      const text = JSON.stringify(native.tree) ?? '';
      return measure === 'url' ? encodeURIComponent(text).length : text.length;
    }
    case 'pairs':
      return native.pairs.reduce(
        (length, [name, value]) => length + encodeURIComponent(name).length + encodeURIComponent(value).length + 2,
        0,
      );
  }
}
