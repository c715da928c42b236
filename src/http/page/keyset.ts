import type { KeysetPages } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { Pager } from './pager.ts';
import { fillSlot } from './slot.ts';

/** The next page starts after a value of the last record; a page that is not full is the last. */
export function keysetPages(definition: KeysetPages): Pager {
  const path = parsePath(definition.field);
  return {
    next({ records, request }) {
      if (records.length < definition.size) return null;
      const value = readPath(records.at(-1), path);
      if (typeof value === 'number' || (typeof value === 'string' && value !== '')) {
        return fillSlot(request, definition.send, value);
      }
      const message = `The last record of the page has no ${definition.field}, which the next page starts after.`;
      throw new Failure('vendor-answer-unreadable', message, { retryable: true });
    },
  };
}
