import type { CursorPages } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath } from '../../template/path.ts';
import type { VendorRequest } from '../client.ts';
import type { Pager } from './pager.ts';
import { fillSlot } from './slot.ts';

/** The answer holds an opaque cursor that the next request sends back. */
export function cursorPages(definition: CursorPages): Pager {
  const path = parsePath(definition.read);
  const more = definition.more === undefined ? null : parsePath(definition.more);
  return {
    next({ answer, request }) {
      const goesOn = more === null ? undefined : readPath(answer.body, more);
      if (more !== null && goesOn !== true) return null;
      const cursor = readPath(answer.body, path);
      if (typeof cursor === 'number' || (typeof cursor === 'string' && cursor !== '')) {
        return fillSlot(definition.only ? bare(request) : request, definition.send, cursor);
      }
      if (goesOn === true || (cursor !== undefined && cursor !== null && cursor !== '')) {
        const message = `${definition.read} of the answer holds no cursor, and there is more.`;
        throw new Failure('vendor-answer-unreadable', message, { retryable: true });
      }
      return null;
    },
  };
}

/** The request without its parameters. */
function bare({ method, path, headers }: VendorRequest): VendorRequest {
  return { method, path, query: [], headers };
}
