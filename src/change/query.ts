/** The vendor's requests for a bounded query, and what must hold here of the records that come back. */

import type { CompiledRequest } from '../connector/compiled-request.ts';
import type { Detection } from '../connector/connector.ts';
import { renderRequest } from '../connector/render-request.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { VendorRequest } from '../http/client.ts';
import type { ParameterValue } from '../where/ast.ts';
import { compileFilter } from '../where/evaluate.ts';
import { longestSpread } from '../where/instant.ts';
import type { FeedSource } from './feed.ts';
import type { Window } from './window.ts';

export interface BoundQuery {
  /** One request, unless the query had to be cut into several. */
  readonly requests: readonly VendorRequest[];
  /** The residual, or the whole where when the request takes no filter. */
  readonly belongs: (record: unknown) => boolean;
}

/**
 * Binds a query.
 * @param window the bounds as the vendor is asked: `:since` and `:until`, `{since}` and `{until}`.
 * @param checked the bounds that must hold here, where they differ from those.
 */
export function bindQuery(
  { request, query, pushdown }: { request: CompiledRequest; query: CompiledQuery | null; pushdown: boolean },
  window: Window,
  { settings, parent, detection }: FeedSource,
  options: { readonly nowMs: number; readonly after?: ParameterValue; readonly checked?: Window },
): BoundQuery {
  const { nowMs, after, checked = window } = options;
  const values = { settings, parent, sinceMs: window.sinceMs, untilMs: window.untilMs };
  const rest = after === undefined ? {} : { after };
  const bound = (bounds: Window) => ({
    parameters: { since: bounds.sinceMs, until: bounds.untilMs, ...rest },
    nowMs,
  });
  const natives = query === null ? [undefined] : query.bind(bound(window));
  const requests = natives.map((native) => renderRequest(request, { ...values, ...(native && { native }) }));
  const normal = query === null ? null : pushdown ? query.residual : query.where.normal;
  if (query === null || normal === null) return { requests, belongs: () => true };
  return { requests, belongs: compileFilter(normal, query.where.fields)(bound(withSpread(checked, detection))) };
}

/**
 * A local time that comes twice reads as the first of the two: a record of the second may lie before the lower bound as it
 * reads. Rows are held against the bounds with their spread before they get here.
 */
function withSpread({ sinceMs, untilMs }: Window, { timeField }: Detection): Window {
  return { sinceMs: sinceMs - longestSpread(timeField), untilMs };
}
