/** What a client is told about an error: never a stack, never more than a failure may show. */
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import type { Answer } from './answer.ts';
import { BodyMalformed } from './json-body.ts';
import { type ProblemCode, problemAnswer, summary } from './problem.ts';
import { RequestRejected } from './request-check.ts';

/** Failures that are neither another system's nor a matter of time. */
const failureProblems: Partial<Record<FailureCode, ProblemCode>> = {
  'lease-lost': 'conflict',
  'instance-moved': 'conflict',
  'store-locked': 'unavailable',
  'store-unavailable': 'unavailable',
  'store-corrupt': 'internal',
  'secret-key-wrong': 'internal',
  internal: 'internal',
};

/** Errors of fastify itself, by their codes (https://fastify.dev/docs/latest/Reference/Errors/). */
const fastifyProblems: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The request body is larger than this server takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media-type-unsupported', 'Send JSON, with Content-Type: application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['request-malformed', 'The body is not as long as Content-Length says.'],
  FST_ERR_BAD_URL: [
    'request-malformed',
    'The path is not well formed: a % must be followed by two hexadecimal digits.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'Nothing has a name that long.'],
};

export function errorAnswer(error: unknown): Answer {
  if (error instanceof RequestRejected) {
    const where = error.part === 'body' ? 'In the body' : 'In the query parameters';
    return problemAnswer('request-invalid', `${where}: ${summary(error.diagnostics)}`, {
      diagnostics: error.diagnostics,
    });
  }
  if (error instanceof BodyMalformed) {
    return problemAnswer('request-malformed', `The body is not JSON. ${error.message}`, {
      diagnostics: error.diagnostics,
    });
  }
  if (error instanceof Failure) return failureAnswer(error);
  const known = fastifyProblems[codeOf(error)];
  if (known !== undefined) return problemAnswer(...known);
  return problemAnswer('internal', 'Something went wrong here; the log has more under the id of this request.');
}

function failureAnswer(failure: Failure): Answer {
  const code = failureProblems[failure.code] ?? (failure.retryable ? 'unavailable' : 'upstream-failed');
  const retryAfter =
    failure.retryAfterMs === undefined ? {} : { 'retry-after': `${Math.ceil(failure.retryAfterMs / 1_000)}` };
  return problemAnswer(code, failure.message, { failure, headers: retryAfter });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
