/** A compiled request filled with the values of one poll. Pure. */
import type { Native } from '../dialect/query.ts';
import type { Template, TemplateValues } from '../template/template.ts';
import type { CompiledRequest } from './compiled-request.ts';

/** What a request is filled with. Without `native` and a window it is a request that asks for no records. */
export interface RequestValues {
  /** The instance's settings, completed by defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The query: text and trees stand for {where}, named parameters are appended. */
  readonly native?: Native;
  /** The window, epoch milliseconds. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Where a walk goes on: after an id, or from a token of the vendor. */
  readonly after?: string;
  readonly token?: string;
  /** The parent whose records are asked for. */
  readonly parent?: string | undefined;
  /** The one record that is read. */
  readonly id?: string;
  /** Values of other names, such as the id of a record to read. */
  readonly more?: TemplateValues;
}

/** The shape of a request to a vendor, as src/http takes it. */
export interface RenderedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** In order, not yet percent-encoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The names that the templates of any request for records may use beside `settings.*`; {where} only where there is one. */
export const requestNames = ['fields', 'since', 'until'] as const;

/**
 * Fills a request. Values in the path are percent-encoded; query parameters and headers that render to nothing
 * are left out. {since} and {until} are RFC 3339 with milliseconds, UTC.
 */
export function renderRequest(request: CompiledRequest, values: RequestValues): RenderedRequest {
  const { native } = values;
  const filled: TemplateValues = {
    ...values.more,
    settings: values.settings,
    fields: request.fields,
    after: values.after,
    token: values.token,
    parent: values.parent,
    id: values.id,
    since: instantText(values.sinceMs),
    until: instantText(values.untilMs),
    where:
      native === undefined || native.kind === 'pairs' ? undefined : native.kind === 'text' ? native.text : native.tree,
  };
  const body = request.body?.render(filled);
  return {
    method: request.method,
    path: request.path.renderText(filled, encodePath),
    query: [...renderTexts(request.query, filled), ...(native?.kind === 'pairs' ? native.pairs : [])],
    headers: Object.fromEntries(renderTexts(request.headers, filled)),
    ...(body === undefined ? {} : { body }),
  };
}

function renderTexts(templates: Readonly<Record<string, Template>>, values: TemplateValues): [string, string][] {
  return Object.entries(templates)
    .map(([name, template]): [string, string] => [name, template.renderText(values)])
    .filter(([, text]) => text !== '');
}

function instantText(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}

/** Keeps slashes, as a setting may be a piece of path, and keeps a value from starting a query or a fragment. */
function encodePath(value: string): string {
  return encodeURI(value.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(/[?#]/g, encodeURIComponent);
}
