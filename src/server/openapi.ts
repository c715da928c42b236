/** The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html), made from the routes. Pure. */
import { describeInbound } from './inbound-description.ts';
import type { OpenApiDocument, Tag } from './openapi-document.ts';
import { type ProblemCode, problemMediaType, problems } from './problem.ts';
import type { Route } from './route.ts';
import type { JsonSchema } from './schemas/json-schema.ts';
import { problem } from './schemas/problem.ts';

const tags: Readonly<Record<Tag, string>> = {
  instances: 'Customers’ connections to vendors, and what of each is watched.',
  events: 'What was found, and how it was delivered.',
  connectors: 'What can be connected.',
  explain: 'What a where becomes.',
  inbound: 'What vendors call.',
  operation: 'For whoever runs the service.',
};

/** The problems that a route can answer: its own, and those of its shape. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const { params, query, body, secured } = route;
  const all: ProblemCode[] = [
    ...(query !== undefined || body !== undefined ? (['request-invalid'] as const) : []),
    ...(params !== undefined || body !== undefined ? (['request-malformed'] as const) : []),
    ...(body !== undefined ? (['too-large', 'media-type-unsupported'] as const) : []),
    ...(secured ? (['unauthorized', 'upstream-failed', 'unavailable'] as const) : []),
    ...route.problems,
    'internal',
  ];
  return [...new Set(all)];
}

export function renderOpenApi(routes: readonly Route[]): OpenApiDocument {
  const components = collectComponents();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(route, components.refer);
    paths[route.path] = path;
  }
  const inbound = describeInbound(components.refer(problem));
  return {
    openapi: '3.1.1',
    info: {
      title: 'anyhook',
      version: '1',
      summary: 'Webhooks for every API.',
      description:
        'Connect customers’ accounts, choose what to watch, and read or receive one signed event per change.',
    },
    servers: [{ url: '/', description: 'This server.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name: name as Tag, description })),
    paths: { ...paths, ...inbound },
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer ahk_…`.' },
      },
      schemas: components.schemas,
    },
  };
}

type Refer = (schema: JsonSchema) => JsonSchema;

function operationOf(route: Route, refer: Refer): JsonSchema {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: route.description,
    security: route.secured ? [{ apiKey: [] }] : [],
    parameters: [...parametersOf(route.params, 'path', refer), ...parametersOf(route.query, 'query', refer)],
    ...(route.body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: refer(route.body) } } },
    }),
    responses: {
      [route.success.status]: successOf(route, refer),
      ...(route.redirects !== undefined && { 303: redirectOf(route.redirects) }),
      ...problemResponses(route, refer),
    },
  };
}

function parametersOf(schema: JsonSchema | undefined, place: 'path' | 'query', refer: Refer): readonly JsonSchema[] {
  if (schema === undefined) return [];
  const required = schema['required'] as readonly string[];
  return Object.entries(schema['properties'] as Readonly<Record<string, JsonSchema>>).map(([name, rules]) => ({
    name,
    in: place,
    required: required.includes(name),
    description: rules['description'],
    schema: refer(rules),
  }));
}

function successOf({ success }: Route, refer: Refer): JsonSchema {
  const headers = Object.entries(success.headers ?? {}).map(([name, schema]) => [
    name,
    { description: schema['description'], schema: refer(schema) },
  ]);
  return {
    description: success.description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(success.schema !== undefined && {
      content: { [success.mediaType ?? 'application/json']: { schema: refer(success.schema) } },
    }),
  };
}

function redirectOf(description: string): JsonSchema {
  const location = { type: 'string', format: 'uri', description: 'Where the browser goes.' };
  return { description, headers: { Location: { description: location.description, schema: location } } };
}

/** One response per status; several kinds of problem may share one. */
function problemResponses(route: Route, refer: Refer): Readonly<Record<string, JsonSchema>> {
  const codes = problemsOf(route);
  const statuses = [...new Set(codes.map((code) => problems[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const titles = codes.filter((code) => problems[code].status === status).map((code) => problems[code].title);
      const content = { [problemMediaType]: { schema: refer(problem) } };
      return [status, { description: `${titles.join('; or: ')}.`, content }];
    }),
  );
}

/** Keywords that hold one schema, a list of them, or a map of them (JSON Schema 2020-12 core §10, applicators). */
const single = new Set(['items', 'additionalProperties', 'not', 'propertyNames', 'contains', 'if', 'then', 'else']);
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas']);

/** Puts every schema with a title among the components, and a reference in its place. */
function collectComponents(): { readonly schemas: Record<string, JsonSchema>; readonly refer: Refer } {
  const schemas: Record<string, JsonSchema> = {};
  const origins = new Map<string, JsonSchema>();

  const refer: Refer = (schema) => {
    const { title } = schema;
    if (typeof title !== 'string') return copy(schema);
    const origin = origins.get(title);
    if (origin === undefined) {
      origins.set(title, schema);
      schemas[title] = copy(schema);
    } else if (origin !== schema) {
      throw new Error(`Two schemas have the title ${title}.`);
    }
    return { $ref: `#/components/schemas/${title}` };
  };

  const copy = (schema: JsonSchema): JsonSchema =>
    Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => {
        if (typeof value !== 'object' || value === null) return [keyword, value];
        if (single.has(keyword)) return [keyword, refer(value as JsonSchema)];
        if (lists.has(keyword)) return [keyword, (value as readonly JsonSchema[]).map(refer)];
        if (!maps.has(keyword)) return [keyword, value];
        const entries = Object.entries(value as Readonly<Record<string, JsonSchema>>);
        return [keyword, Object.fromEntries(entries.map(([name, part]) => [name, refer(part)]))];
      }),
    );

  return { schemas, refer };
}
