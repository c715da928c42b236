import type { Pager } from './pager.ts';

/** All comes in one answer. */
export function noPages(): Pager {
  return { next: () => null };
}
