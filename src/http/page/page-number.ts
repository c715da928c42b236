import type { NumberPages } from '../../definition/connector.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { Pager } from './pager.ts';
import { fillSlot } from './slot.ts';

/** Pages are counted. The last is the one that says so, or the first short one, or, with neither word, an empty one. */
export function numberPages(definition: NumberPages): Pager {
  const first = definition.first ?? 1;
  const more = definition.more === undefined ? null : parsePath(definition.more);
  const full = definition.size ?? 1;
  return {
    next({ answer, records, request, index }) {
      const goesOn = more === null ? records.length >= full : readPath(answer.body, more) === true;
      return goesOn ? fillSlot(request, definition.send, first + index + 1) : null;
    },
  };
}
