/** Lists, and how they are paged. */
import type { JsonSchema } from './json-schema.ts';
import { record } from './json-schema.ts';

export const defaultLimit = 100;
export const maxLimit = 1_000;

/** The query parameter `limit`. */
export const limit: JsonSchema = {
  type: 'integer',
  minimum: 1,
  maximum: maxLimit,
  default: defaultLimit,
  description: 'How many items at most.',
  examples: [50],
};

/** A page of a list. `next` is what `after` must be for the page that follows. */
export function pageOf(title: string, description: string, items: JsonSchema, next: JsonSchema): JsonSchema {
  return record(title, description, {
    items: { type: 'array', items, description: 'The items, in order.' },
    next: { ...next, description: 'The value of `after` that asks for the page that follows; null on the last page.' },
  });
}

export interface Page<Item, Next> {
  readonly items: readonly Item[];
  readonly next: Next | null;
}

/**
 * The page out of one item more than it may hold: that one tells whether another page follows.
 *
 * @param nextOf the position after an item.
 */
export function cutPage<Item, Next>(
  found: readonly Item[],
  size: number,
  nextOf: (last: Item) => Next,
): Page<Item, Next> {
  const items = found.slice(0, size);
  const last = items.at(-1);
  return { items, next: found.length > size && last !== undefined ? nextOf(last) : null };
}
