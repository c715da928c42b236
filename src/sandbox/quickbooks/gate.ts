import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { bearerToken } from '../body.ts';
import { isJsonObject } from '../json.ts';
import { Quota } from '../quota.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, gatewayError, withTime } from './answers.ts';
import { credentials } from './oauth.ts';

const minuteMs = 60_000;
const maxPerMinute = 500;
const maxBatchesPerMinute = 120;
const maxAtOnce = 10;

const companyOf = (request: FastifyRequest): string | undefined => /^\/v3\/company\/([^/?]*)/.exec(request.url)?.[1];

const isBatch = (request: FastifyRequest): boolean => /^\/v3\/company\/[^/]*\/batch(?:\?|$)/.test(request.url);

/**
 * The gateway before the accounting service: tokens, the company, how often and how many at once; a trace id on every answer. It looks past `minorversion`: since
 * August 2025 the vendor answers all below 75, and none, as 75
 * (https://blogs.intuit.com/2025/01/21/changes-to-our-accounting-api-that-may-impact-your-application).
 */
export function addGate(api: FastifyInstance, world: SandboxWorld): void {
  const quota = new Quota(minuteMs);
  const batches = new Quota(minuteMs);
  let running = 0;
  api.addHook('onRequest', async (request, reply) => {
    const realmId = companyOf(request);
    if (realmId === undefined) return;
    running += 1;
    reply.raw.once('close', () => {
      running -= 1;
    });
    admit(request, realmId, world);
    const { quotaPerBurst, retryAfterSeconds } = world.faults.current;
    const nowMs = world.clock.now();
    const isTooMuch =
      running > maxAtOnce ||
      !quota.take(nowMs, quotaPerBurst ?? maxPerMinute) ||
      (isBatch(request) && !batches.take(nowMs, maxBatchesPerMinute));
    if (isTooMuch) throw new Refusal(answers.throttled(retryAfterSeconds));
  });
  // Errors are made where no clock is at hand.
  api.addHook('preSerialization', async (_request, _reply, payload) =>
    isJsonObject(payload) && ('Fault' in payload || 'fault' in payload)
      ? withTime(payload, world.clock.now())
      : payload,
  );
  api.addHook('onSend', async (_request, reply) => {
    reply.header('intuit_tid', `1-${randomUUID()}`);
  });
}

function admit(request: FastifyRequest, realmId: string, world: SandboxWorld): void {
  // The vendor answers XML to who does not ask for JSON; the sandbox speaks JSON only, and says so in XML.
  if (!(request.headers.accept ?? '').toLowerCase().includes('application/json')) throw new Refusal(xmlOnly);
  const token = bearerToken(request.headers.authorization);
  const state = token === undefined ? 'unknown' : world.tokens.state(token);
  if (state !== 'valid') {
    const detail = state === 'expired' ? `Token expired: ${token}` : 'Token is missing or unknown';
    throw new Refusal(gatewayError(401, 'AuthenticationFailed', '3200', 'AUTHENTICATION', detail));
  }
  if (realmId !== credentials.realmId) {
    throw new Refusal(
      gatewayError(403, 'ApplicationAuthorizationFailed', '3100', 'AUTHORIZATION', 'The token is for another company'),
    );
  }
}

const xmlOnly = {
  status: 406,
  headers: { 'content-type': 'application/xml;charset=UTF-8' },
  body: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="SystemFault"><Error code="406"><Message>Not Acceptable</Message><Detail>The sandbox answers JSON only: send Accept: application/json</Detail></Error></Fault></IntuitResponse>',
} as const;
