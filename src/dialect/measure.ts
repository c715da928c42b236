/** How long a native query is, in the measure of its dialect’s limit. */
import type { Limits } from '../definition/dialect.ts';
import type { Native } from './query.ts';

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
