/** Answers on their way out: the same headers on every one, whoever made it. */
import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.ts';
import { problemMediaType } from './problem.ts';

/**
 * Nothing of the API is for browsers to render, sniff, frame or keep
 * (https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers).
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  const requestId = reply.request.id;
  const isProblem = answer.headers?.['content-type'] === problemMediaType;
  return reply
    .code(answer.status)
    .headers({ ...securityHeaders, 'x-request-id': requestId, ...answer.headers })
    .send(isProblem ? { ...(answer.body as object), requestId } : answer.body);
}
