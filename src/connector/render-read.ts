/** The request that reads one record by its id. Pure. */
import type { ReadOne } from './connector.ts';
import { type RenderedRequest, type RequestValues, renderRequest } from './render-request.ts';

/**
 * null when the id is none that may go into the request: it came from outside, and could leave the path or end a
 * quoted text of the vendor's query language.
 */
export function renderRead(
  { request, idPattern }: ReadOne,
  id: string,
  values: Pick<RequestValues, 'settings' | 'parent'>,
): RenderedRequest | null {
  // Dots alone are steps of a path (RFC 3986 §5.2.4), whatever the pattern says.
  if (!idPattern.test(id) || /^\.*$/.test(id)) return null;
  return renderRequest(request, { ...values, id });
}
