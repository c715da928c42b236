/** The HTTP API: the routes of a table served by fastify, each checked, authenticated and answered in one way. */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import type { Runtime } from '../engine/api.ts';
import type { Log } from '../engine/log.ts';
import { authenticate } from './authenticate.ts';
import { answerClientError } from './client-error.ts';
import { errorAnswer } from './error-answer.ts';
import { addInboundRoutes } from './inbound-routes.ts';
import { acceptJsonBodies } from './json-body.ts';
import { renderOpenApi } from './openapi.ts';
import { problemAnswer } from './problem.ts';
import { compilePartCheck, type RequestPart } from './request-check.ts';
import type { Route, RouteContext } from './route.ts';
import { routes } from './routes/all.ts';
import type { JsonSchema } from './schemas/json-schema.ts';
import { sendAnswer } from './send-answer.ts';

export interface ServerOptions {
  readonly runtime: Runtime;
  readonly log: Log;
  /** The largest request body, in bytes. */
  readonly bodyLimit?: number;
  /** How long a request may take to arrive, in milliseconds; its headers have a third of it. */
  readonly arrivalTimeoutMs?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the API key that was shown, for the log. */
    apiKeyName: string | null;
  }
}

/** The server, not yet listening: see `listen`. The runtime stays the caller's to start and to close. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { runtime, log, bodyLimit = 1_048_576, arrivalTimeoutMs = 30_000 } = options;
  const server = Fastify({
    logger: false,
    bodyLimit,
    genReqId: () => `req_${randomBytes(9).toString('base64url')}`,
    requestTimeout: arrivalTimeoutMs,
    http: {
      headersTimeout: Math.ceil(arrivalTimeoutMs / 3),
      // Node looks for requests that take too long only so often (default: 30 s).
      connectionsCheckingInterval: Math.ceil(arrivalTimeoutMs / 6),
    },
    // While the server closes, what is under way ends as always; fastify adds Connection: close.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, _request, reply) => void sendAnswer(reply, errorAnswer(error)),
    clientErrorHandler: answerClientError,
  });
  server.decorateRequest('apiKeyName', null);
  server.setValidatorCompiler<JsonSchema>(({ schema, httpPart, url }) =>
    compilePartCheck(schema, httpPart as RequestPart, url),
  );
  server.setErrorHandler((error, request, reply) => {
    const answer = errorAnswer(error);
    if (answer.status >= 500) log.error({ err: error, requestId: request.id }, 'request failed');
    return sendAnswer(reply, answer);
  });
  // In a hook, so that the body of a request that leads nowhere is not even read.
  server.addHook('onRequest', async (request, reply) =>
    request.is404 ? sendAnswer(reply, problemAnswer('not-found', 'There is nothing at this path.')) : undefined,
  );
  server.addHook('onResponse', async (request, reply) => logRequest(log, request, reply));
  acceptJsonBodies(server);
  const context: RouteContext = { runtime, openApi: renderOpenApi(routes) };
  for (const route of routes) addRoute(server, route, context);
  for (const path of new Set(routes.map((route) => route.path))) refuseOtherMethods(server, path);
  addInboundRoutes(server, runtime, log);
  return server;
}

function addRoute(server: FastifyInstance, route: Route, context: RouteContext): void {
  server.route({
    method: route.method,
    url: fastifyPath(route.path),
    schema: {
      ...(route.query !== undefined && { querystring: route.query }),
      ...(route.body !== undefined && { body: route.body }),
    },
    onRequest: async (request, reply) => {
      if (!route.secured) return;
      const shown = await authenticate(request.headers.authorization, context.runtime);
      if ('refusal' in shown) return sendAnswer(reply, shown.refusal);
      request.apiKeyName = shown.name;
    },
    handler: async ({ params, query, body }, reply) =>
      sendAnswer(reply, await route.handle({ params, query, body }, context)),
  });
}

/** 405 with Allow (RFC 9110 §15.5.6) for the methods that a path does not have. */
function refuseOtherMethods(server: FastifyInstance, path: string): void {
  const own: readonly string[] = routes.filter((route) => route.path === path).map((route) => route.method);
  const allowed = own.includes('GET') ? [...own, 'HEAD'] : own;
  const answer = problemAnswer('method-not-allowed', `Possible here: ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
  const refuse = (_request: FastifyRequest, reply: FastifyReply) => sendAnswer(reply, answer);
  server.route({
    method: server.supportedMethods.filter((method) => !allowed.includes(method)) as HTTPMethods[],
    url: fastifyPath(path),
    // Before the body is read.
    onRequest: async (request, reply) => refuse(request, reply),
    handler: refuse,
  });
}

/** `{id}` of OpenAPI as `:id` of fastify. */
function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** One line per request. Paths, queries, headers and bodies stay out of it: any of them may hold a secret. */
function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const { method, id: requestId, apiKeyName } = request;
  const line = {
    requestId,
    method,
    route: request.is404 ? null : (request.routeOptions.url ?? null),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
    ...(apiKeyName !== null && { key: apiKeyName }),
  };
  log.info(line, 'request');
}
