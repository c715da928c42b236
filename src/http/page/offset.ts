import type { OffsetPages } from '../../definition/connector.ts';
import type { Pager } from './pager.ts';
import { fillSlot } from './slot.ts';

/** Rows are counted; a page that is not full is the last. */
export function offsetPages(definition: OffsetPages): Pager {
  const { size, send, first = 0 } = definition;
  return {
    next: ({ records, request, index }) =>
      records.length < size ? null : fillSlot(request, send, first + (index + 1) * size),
  };
}
