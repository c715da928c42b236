/** Requests that are no HTTP, or never end: node drops them before fastify sees them. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemCode, problemAnswer } from './problem.ts';
import { securityHeaders } from './send-answer.ts';

const known: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The headers are larger than this server takes.'],
};

/** Answers on the bare socket and closes it (https://nodejs.org/docs/latest-v20.x/api/http.html#event-clienterror). */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = problemAnswer(...(known[error.code ?? ''] ?? ['request-malformed', 'This is no HTTP/1.1 request.']));
  const body = JSON.stringify(answer.body);
  const headers = {
    ...securityHeaders,
    ...answer.headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}
