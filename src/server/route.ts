/** One route of the API as data: what it takes and answers, in JSON Schema, and the function that does it. */
import type { Runtime } from '../engine/api.ts';
import type { Answer } from './answer.ts';
import type { OpenApiDocument, Tag } from './openapi-document.ts';
import type { ProblemCode } from './problem.ts';
import type { JsonSchema } from './schemas/json-schema.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a route gets. The schemas of the route have been checked before, which is what makes the types true. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** What routes work with. */
export interface RouteContext {
  readonly runtime: Runtime;
  readonly openApi: OpenApiDocument;
}

export interface SuccessAnswer {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** Absent for an answer without content. */
  readonly schema?: JsonSchema;
  /** What the body is; JSON unless said. A body that is none is a text. */
  readonly mediaType?: 'text/html';
  /** Headers of its own, by name. */
  readonly headers?: Readonly<Record<string, JsonSchema>>;
}

export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly operationId: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
  readonly method: Method;
  /** With `{name}` for parameters, as OpenAPI writes it. */
  readonly path: string;
  /** True: only with an API key. */
  readonly secured: boolean;
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  readonly success: SuccessAnswer;
  /** When it sends the browser elsewhere instead (303). */
  readonly redirects?: string;
  /** The problems of its own, besides those that any route of its shape has. */
  readonly problems: readonly ProblemCode[];
  /** A method, so that routes of different parameters fit one table. */
  handle(request: RouteRequest<Params, Query, Body>, context: RouteContext): Answer | Promise<Answer>;
}
