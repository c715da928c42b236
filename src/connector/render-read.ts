/** The requests that read records by their ids. Pure. */
import type { ReadMany, ReadOne } from './connector.ts';
import { type RenderedRequest, type RequestValues, renderRequest } from './render-request.ts';

type ReadValues = Pick<RequestValues, 'settings' | 'parent'>;

/** Whether an id may go into a request: it came from outside, and could leave the path or end a quoted text of a query. */
export function mayRead({ idPattern }: ReadOne, id: string): boolean {
  // Dots alone are steps of a path (RFC 3986 §5.2.4), whatever the pattern says.
  return idPattern.test(id) && !/^\.*$/.test(id);
}

/** null when the id is none that may go into the request. */
export function renderRead(read: ReadOne, id: string, values: ReadValues): RenderedRequest | null {
  return mayRead(read, id) ? renderRequest(read.request, { ...values, id }) : null;
}

/** @param ids those that may be read, no more than `most`. */
export function renderReadMany(
  { request, each }: ReadMany,
  ids: readonly string[],
  values: ReadValues,
): RenderedRequest {
  const listed = ids.map((id) => each.render({ settings: values.settings, id }));
  return renderRequest(request, { ...values, more: { ids: listed } });
}
