import { type Answer, Refusal } from '../answer.ts';
import type { VendorAnswers } from '../vendor.ts';

/** An error as the REST API words it: always an array. */
export function apiError(status: number, errorCode: string, message: string, fields?: readonly string[]): Answer {
  return { status, body: [fields === undefined ? { message, errorCode } : { message, errorCode, fields }] };
}

/** An error of the token endpoint: an object. */
export function oauthError(error: string, description: string): Answer {
  return { status: 400, body: { error, error_description: description } };
}

/** Throws an API error. */
export function refuse(status: number, errorCode: string, message: string): never {
  throw new Refusal(apiError(status, errorCode, message));
}

export const answers: VendorAnswers = {
  // The vendor's limit is a daily one and answers 403 without Retry-After; the header is sent only when the faults ask for it.
  throttled: (retryAfterSeconds) => ({
    ...apiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  }),
  forbidden: () => apiError(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights on object id'),
  broken: (status) =>
    status === 503
      ? apiError(503, 'SERVER_UNAVAILABLE', 'Server temporarily unavailable')
      : apiError(
          status,
          'UNKNOWN_EXCEPTION',
          'An unexpected error occurred. Please include this ErrorId if you contact support: 1793491200-1 (-1)',
        ),
  missing: () => apiError(404, 'NOT_FOUND', 'The requested resource does not exist'),
  unreadable: (reason) => apiError(400, 'JSON_PARSER_ERROR', reason),
};
