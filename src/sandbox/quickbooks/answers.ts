import { type Answer, Refusal } from '../answer.ts';
import type { JsonObject } from '../json.ts';
import type { VendorAnswers } from '../vendor.ts';
import { renderTime } from './dates.ts';

type FaultType = 'ValidationFault' | 'SystemFault';

/** An error of the accounting service: upper-case keys, HTTP 400 for whatever is wrong with a request. */
export function fault(
  code: string,
  message: string,
  detail: string,
  element = '',
  type: FaultType = 'ValidationFault',
): JsonObject {
  return { Fault: { Error: [{ Message: message, Detail: detail, code, element }], type } };
}

/** Throws an error of the accounting service. */
export function refuse(code: string, message: string, detail: string, element?: string): never {
  throw new Refusal({ status: 400, body: fault(code, message, detail, element) });
}

/** A property that is not known or has a value it cannot have. */
export function refuseProperty(detail: string, element?: string): never {
  return refuse('2010', 'Request has invalid or unsupported property', detail, element);
}

/** A property or parameter that is missing. */
export function refuseMissing(name: string): never {
  const message = 'Required param missing, need to supply the required value for the API';
  return refuse('2020', message, `Required parameter ${name} is missing in the request`, name);
}

/** What the accounting service does not do. */
export function refuseOperation(what: string): never {
  return refuse('500', 'Unsupported Operation', `Operation ${what} is not supported.`);
}

/** An error of the gateway before the accounting service: lower-case keys in an envelope of its own. */
export function gatewayError(status: number, name: string, code: string, type: string, detail: string): Answer {
  const message = `message=${name}; errorCode=${code.padStart(6, '0')}; statusCode=${status}`;
  return {
    status,
    body: {
      warnings: null,
      intuitObject: null,
      fault: { error: [{ message, detail, code, element: null }], type },
      report: null,
      queryResponse: null,
      batchItemResponse: [],
      attachableResponse: [],
      syncErrorResponse: null,
      requestId: null,
      status: null,
      cdcresponse: [],
    },
  };
}

/** An answer with the time it was given: the accounting service writes it out, the gateway in epoch milliseconds. */
export function withTime(body: JsonObject, nowMs: number): JsonObject {
  return { ...body, time: 'fault' in body ? nowMs : renderTime(nowMs) };
}

export const answers: VendorAnswers = {
  throttled: (retryAfterSeconds) => ({
    ...gatewayError(429, 'ThrottleExceeded', '3001', 'SERVICE', 'Too many requests'),
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  }),
  forbidden: () => ({
    status: 400,
    body: fault('5020', 'Permission Denied Error', 'You do not have permissions to access this feature.'),
  }),
  broken: (status) => ({
    status,
    body: fault(
      '10000',
      'An application error has occurred while processing your request',
      'System Failure Error',
      '',
      'SystemFault',
    ),
  }),
  missing: (path) =>
    gatewayError(404, 'ResourceNotFound', '3404', 'SERVICE', `No resource at ${path.split('?', 1)[0]}`),
  unreadable: (reason) => ({
    status: 400,
    body: fault('2010', 'Request has invalid or unsupported property', `The request cannot be read: ${reason}`),
  }),
};
