/** How long a native query is, in the measure of its dialect’s limit. */
import type { Limits } from '../definition/dialect.ts';
import type { Native } from './query.ts';

/** A character is at most three bytes of UTF-8, each written with three. */
const MOST_ENCODED = 9;

/** True when the vendor would find it too long. Short ones are not encoded to know. */
export function isTooLong(native: Native, limits: Limits): boolean {
  const { length: most, measure } = limits;
  if (most === undefined) return false;
  const isUrl = measure === 'url' || native.kind === 'pairs';
  if (isUrl && plainLength(native) * MOST_ENCODED <= most) return false;
  return lengthOf(native, limits) > most;
}

function plainLength(native: Native): number {
  if (native.kind !== 'pairs') return lengthOf(native, { measure: 'characters' });
  return native.pairs.reduce((length, [name, value]) => length + name.length + value.length + 2, 0);
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
