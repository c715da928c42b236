/** What expressions over a body have beside it: `$headers`, `$query` and `$body`. */
import type { inboundVariables } from '../connector/inbound.ts';
import { formObject } from './form.ts';
import type { InboundRequest } from './request.ts';

export type Variables = Readonly<Record<(typeof inboundVariables)[number], unknown>>;

export function variablesOf({ headers, url }: InboundRequest, body: unknown): Variables {
  const named = Object.entries(headers).map(([name, values = []]) => [name, values.length === 1 ? values[0] : values]);
  return {
    headers: Object.fromEntries(named),
    query: URL.canParse(url) ? formObject([...new URL(url).searchParams]) : {},
    body,
  };
}
