/** How the next page is asked for: one shape for all kinds of paging. Pure. */
import type { PageDefinition } from '../../definition/connector.ts';
import type { VendorAnswer, VendorRequest } from '../client.ts';
import { cursorPages } from './cursor.ts';
import { keysetPages } from './keyset.ts';
import { linkHeaderPages } from './link-header.ts';
import { nextUrlPages } from './next-url.ts';
import { noPages } from './none.ts';
import { offsetPages } from './offset.ts';
import { numberPages } from './page-number.ts';

/** What a pager looks at. */
export interface PageTurn {
  readonly answer: VendorAnswer;
  readonly records: readonly unknown[];
  /** The request that was answered. */
  readonly request: VendorRequest;
  /** Which page was answered, from 0. */
  readonly index: number;
}

export interface Pager {
  /**
   * The request for the page after; null when this was the last.
   * @throws Failure when the answer breaks its own paging.
   */
  next(turn: PageTurn): VendorRequest | null;
}

/** Compiles the paging of a definition. */
export function compilePager(definition: PageDefinition): Pager {
  switch (definition.kind) {
    case 'none':
      return noPages();
    case 'next-url':
      return nextUrlPages(definition);
    case 'link-header':
      return linkHeaderPages();
    case 'cursor':
      return cursorPages(definition);
    case 'page-number':
      return numberPages(definition);
    case 'offset':
      return offsetPages(definition);
    case 'keyset':
      return keysetPages(definition);
  }
}
