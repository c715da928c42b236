/** The pager of each kind of paging. */
import type { PageDefinition } from '../../definition/connector.ts';
import { cursorPages } from './cursor.ts';
import { keysetPages } from './keyset.ts';
import { linkHeaderPages } from './link-header.ts';
import { nextUrlPages } from './next-url.ts';
import { noPages } from './none.ts';
import { offsetPages } from './offset.ts';
import { numberPages } from './page-number.ts';
import type { Pager } from './pager.ts';

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
