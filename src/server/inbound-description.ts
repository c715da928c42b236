/** The URLs that vendors call, for the OpenAPI document: what is behind them is the connectors’ word, not this API’s. */
import { problemMediaType, problems } from './problem.ts';
import type { JsonSchema } from './schemas/json-schema.ts';

export const inboundMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

type InboundMethod = (typeof inboundMethods)[number];

/** With `{name}` for parameters, as OpenAPI writes it; the first is shared by all instances that an event's account tells apart. */
export const inboundPaths = ['/v1/inbound/{connector}/{way}', '/v1/inbound/{connector}/{way}/{instanceId}'] as const;

const parameters: Readonly<Record<string, JsonSchema>> = {
  connector: { type: 'string', description: 'Key of the connector.', examples: ['acme-crm'] },
  way: { type: 'string', description: 'Name of the webhook, as the connector has it.', examples: ['events'] },
  instanceId: { type: 'string', description: 'Id of the instance.', examples: ['ins_7f3kQ0aZ1bWx2cYd'] },
};

const description = `Called by vendors, not by clients of this API: there is no API key, for the request proves by itself where it is from, as the
connector says: by a signature over the bytes as they came, a key, a token, or a value of the body.

Give the vendor the public URL of this server with this path. GET /v1/connectors/{key} tells which. The shorter one serves all instances of the connector, which are told
apart by the account that each event names; connectors whose events name none have only the one with the instance.

Events are stored, then answered, then worked on. Some vendors first ask whether anybody is there: a challenge that is given back,
a key that is handed over, a probe. These handshakes are answered as the connector says, some before anything can be verified.

A body may have as many bytes as the connector says: 1 MiB unless it says otherwise, at most 25 MiB.`;

const nothing = 'Nothing comes with it: why a request was refused is no business of a stranger. The log has the code.';

/** The paths of the OpenAPI document. @param problem refers to the schema of problems. */
export function describeInbound(problem: JsonSchema): Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> {
  return Object.fromEntries(
    inboundPaths.map((path) => [
      path,
      Object.fromEntries(inboundMethods.map((method) => [method.toLowerCase(), operationOf(method, path, problem)])),
    ]),
  );
}

function operationOf(method: InboundMethod, path: (typeof inboundPaths)[number], problem: JsonSchema): JsonSchema {
  const isOwn = path.endsWith('{instanceId}');
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return {
    operationId: `receiveBy${verb}${isOwn ? 'ForInstance' : ''}`,
    tags: ['inbound'],
    summary: summaries[method],
    description,
    security: [],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      description: parameters[name]?.['description'],
      schema: parameters[name],
    })),
    ...(takesBody(method) && {
      requestBody: {
        required: false,
        description: 'What the vendor sends: JSON, a form or XML, as the connector says, whatever Content-Type says.',
        content: { '*/*': {} },
      },
    }),
    responses: {
      '2XX': {
        description:
          'Taken and stored, or a handshake answered: 200 unless the connector says otherwise, with the body that the vendor wants, if any.',
      },
      400: { description: `The body cannot be read. ${nothing}` },
      401: {
        description: `It is not proved where the request is from. Some vendors are answered 403, or 200 and dropped. ${nothing}`,
      },
      404: {
        description: 'There is no such connector, way or instance.',
        ...(method !== 'HEAD' && { content: { [problemMediaType]: { schema: problem } } }),
      },
      405: {
        description: 'The connector takes nothing by this method.',
        headers: { Allow: { description: 'The methods that it takes events by.', schema: { type: 'string' } } },
      },
      413: { description: `The body is larger than the connector says. ${nothing}` },
      500: { description: `An error here; the vendor should send it again. ${nothing}` },
      [problems.unavailable.status]: {
        description: `The store does not answer; the vendor should send it again. ${nothing}`,
      },
    },
  };
}

const takesBody = (method: InboundMethod): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

const summaries: Readonly<Record<InboundMethod, string>> = {
  GET: 'Take a webhook that comes by GET, or answer a handshake',
  HEAD: 'Answer a handshake',
  POST: 'Take a webhook, or answer a handshake',
  PUT: 'Take a webhook that comes by PUT',
  PATCH: 'Take a webhook that comes by PATCH',
  DELETE: 'Take a webhook that comes by DELETE',
  OPTIONS: 'Answer a handshake',
};
