import type { PageSlot } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { parsePath, readPath, writePath } from '../../template/path.ts';
import type { VendorRequest } from '../client.ts';

/** The request with a value in a slot, in place of what stood there; as text in a query, as it is in a body. */
export function fillSlot(request: VendorRequest, slot: PageSlot, value: string | number): VendorRequest {
  if (slot.in === 'body') {
    const path = parsePath(slot.name);
    const filled = slot.between === undefined ? value : within(readPath(request.body, path), slot.between, value);
    return { ...request, body: writePath(request.body, path, filled) };
  }
  const others = request.query.filter(([name]) => name !== slot.name);
  const stood = request.query.find(([name]) => name === slot.name)?.[1];
  const filled = slot.between === undefined ? String(value) : within(stood, slot.between, value);
  return { ...request, query: [...others, [slot.name, filled]] };
}

/**
 * The statement with a value in the place between two texts.
 * @throws Failure when there is no such place, or the value would end it: what follows would be read as the statement's own.
 */
function within(statement: unknown, [before = '', after = '']: readonly string[], value: string | number): string {
  const text = typeof statement === 'string' ? statement : '';
  const start = text.indexOf(before) + before.length;
  const end = text.indexOf(after, start);
  if (start >= before.length && end >= start && !String(value).includes(after)) {
    return text.slice(0, start) + value + text.slice(end);
  }
  throw new Failure('vendor-answer-unreadable', `The next page cannot be asked for after ${JSON.stringify(value)}.`, {
    retryable: true,
    help: `Check that the request has a place between ${before} and ${after}.`,
  });
}
