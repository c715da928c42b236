/** The URLs that vendors call: any body, no API key, and the answer that the connector declares. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../engine/api.ts';
import type { Log } from '../engine/log.ts';
import { errorAnswer } from './error-answer.ts';
import { inboundMethods, inboundPaths } from './inbound-description.ts';
import { problemAnswer } from './problem.ts';
import { securityHeaders, sendAnswer } from './send-answer.ts';

interface InboundParams {
  readonly connector: string;
  readonly way: string;
  readonly instanceId?: string;
}

/** In a scope of its own, for here a body is bytes: a signature is over them. */
export function addInboundRoutes(server: FastifyInstance, runtime: Runtime, log: Log): void {
  const ways = [...runtime.connectors.values()].flatMap(({ inbound }) => [...inbound.values()]);
  const bodyLimit = Math.max(1, ...ways.map(({ maxBytes }) => maxBytes));
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => answerBare(error, request, reply, log));
    const handler = (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, runtime);
    for (const path of inboundPaths) {
      const url = path.replace(/\{(\w+)\}/g, ':$1');
      scope.route({ method: [...inboundMethods], url, bodyLimit, handler });
    }
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, runtime: Runtime): Promise<FastifyReply> {
  const { connector, way, instanceId = null } = request.params as InboundParams;
  const received = await runtime.receive({
    connector,
    way,
    instanceId,
    method: request.method,
    target: request.raw.url ?? '',
    headers: request.raw.headersDistinct,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  });
  if (received === null) return sendAnswer(reply, problemAnswer('not-found', 'There is nothing at this path.'));
  const { status, headers, body } = received;
  return reply
    .code(status)
    .headers({ ...securityHeaders, ...headers })
    .send(body === '' ? undefined : Buffer.from(body));
}

/** A stranger is told no more than a status, and when to come again. */
function answerBare(error: unknown, { id: requestId }: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { status, headers = {} } = errorAnswer(error);
  if (status >= 500) log.error({ err: error, requestId }, 'webhook failed');
  const retryAfter = headers['retry-after'];
  return reply
    .code(status)
    .headers({ ...securityHeaders, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) })
    .send();
}
