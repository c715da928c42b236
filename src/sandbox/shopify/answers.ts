import { type Answer, Refusal } from '../answer.ts';
import type { Json } from '../json.ts';
import type { VendorAnswers } from '../vendor.ts';

/** An error as the vendor words it: `errors` is a text, or an object of texts or lists of texts by field. */
export function apiError(status: number, errors: Json): Answer {
  return { status, body: { errors } };
}

/** Throws an API error. */
export function refuse(status: number, errors: Json): never {
  throw new Refusal(apiError(status, errors));
}

/** Throws what a call with no good token gets. */
export function refuseToken(): never {
  return refuse(401, '[API] Invalid API key or access token (unrecognized login or wrong password)');
}

export const isGraphqlPath = (path: string): boolean => /\/graphql\.json(?:\?|$)/.test(path);

/** 429 of the REST API; the vendor always says how long to wait, as a decimal number of seconds. */
export function callLimitReached(retryAfterSeconds: number | null, leakPerSecond: number): Answer {
  const advice = 'Reduce request rates to resume uninterrupted service.';
  return {
    ...apiError(429, `Exceeded ${leakPerSecond} calls per second for api client. ${advice}`),
    headers: { 'retry-after': (retryAfterSeconds ?? 2).toFixed(1) },
  };
}

/** The GraphQL API answers 200 when it is called too often. */
export function throttledQuery(cost: Json): Answer {
  const documentation = 'https://shopify.dev/api/usage/rate-limits';
  return {
    status: 200,
    body: {
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation } }],
      extensions: { cost },
    },
  };
}

const emptyBucket: Json = {
  requestedQueryCost: 102,
  actualQueryCost: null,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 2, restoreRate: 100 },
};

export const answers: VendorAnswers = {
  throttled: (retryAfterSeconds, path) =>
    isGraphqlPath(path ?? '') ? throttledQuery(emptyBucket) : callLimitReached(retryAfterSeconds, 2),
  forbidden: (path) =>
    isGraphqlPath(path)
      ? {
          status: 200,
          body: { errors: [{ message: 'Access denied for orders field.', extensions: { code: 'ACCESS_DENIED' } }] },
        }
      : apiError(403, '[API] This action requires merchant approval for read_orders scope.'),
  broken: (status) => apiError(status, status === 503 ? 'Service Unavailable' : 'Internal Server Error'),
  missing: () => apiError(404, 'Not Found'),
  unreadable: (reason) => apiError(400, { json: `Invalid JSON: ${reason}` }),
};
