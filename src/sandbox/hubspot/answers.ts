import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from '../answer.ts';
import type { JsonObject } from '../json.ts';
import type { VendorAnswers } from '../vendor.ts';

/** An error in the vendor's envelope. */
export function envelope(status: number, category: string, message: string, more: JsonObject = {}): Answer {
  return { status, body: { status: 'error', message, correlationId: randomUUID(), category, ...more } };
}

/** Throws an error in the vendor's envelope. */
export function refuse(status: number, category: string, message: string, more: JsonObject = {}): never {
  throw new Refusal(envelope(status, category, message, more));
}

/** Throws the error that wrong parameters, filters and values get. */
export function refuseInvalid(message: string, more: JsonObject = {}): never {
  return refuse(400, 'VALIDATION_ERROR', message, more);
}

const policies = {
  SECONDLY: 'secondly',
  TEN_SECONDLY_ROLLING: 'ten_secondly_rolling',
  DAILY: 'daily',
} as const;

export type Policy = keyof typeof policies;

/** 429 by the limit that was hit. The vendor sends no Retry-After that can be relied on. */
export function limitReached(policyName: Policy, retryAfterSeconds: number | null): Answer {
  return {
    status: 429,
    body: {
      status: 'error',
      message: `You have reached your ${policies[policyName]} limit.`,
      errorType: 'RATE_LIMIT',
      correlationId: randomUUID(),
      policyName,
      requestId: randomUUID(),
    },
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  };
}

export const answers: VendorAnswers = {
  throttled: (retryAfterSeconds) => limitReached('TEN_SECONDLY_ROLLING', retryAfterSeconds),
  forbidden: (path) => {
    const object = /objects(?:\/[0-9-]+)?\/(\w+)/.exec(path)?.[1] ?? 'contacts';
    const requiredGranularScopes = [object === 'tickets' ? 'tickets' : `crm.objects.${object}.read`];
    const message =
      "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.";
    const one = { message: 'One or more of the following scopes are required.', context: { requiredGranularScopes } };
    return envelope(403, 'MISSING_SCOPES', message, { errors: [one] });
  },
  broken: (status) => {
    if (status === 423) return envelope(423, 'LOCKED', 'The resource is locked; try again in at least two seconds.');
    // An account that moves to another data centre: a day at most, and the header says how long.
    if (status === 477) {
      const moving = envelope(477, 'MIGRATION_IN_PROGRESS', 'The account is being migrated to another data center.');
      return { ...moving, headers: { 'retry-after': '3600' } };
    }
    return envelope(
      status,
      status === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_ERROR',
      'There was a problem with the request.',
    );
  },
  missing: () => ({
    status: 404,
    body: '<html><head><title>Error 404 Not Found</title></head><body><h2>HTTP ERROR 404</h2></body></html>',
  }),
  unreadable: (reason) => envelope(400, 'VALIDATION_ERROR', `Invalid input JSON on line 1, column 1: ${reason}`),
};
