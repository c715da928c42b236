import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Answer, Refusal } from '../answer.ts';
import { Quota } from '../quota.ts';
import type { SandboxWorld } from '../vendor.ts';
import { limitReached, requestsExceeded } from './answers.ts';

const windowMs = 300_000;
const maxRequests = 6000;
const maxExecutionMs = 1_200_000;
const maxConcurrent = 52;
/** Who sends on while it is told to wait waits so much longer for each call: by how much, the vendor does not say. */
const penaltyMs = 1000;

/**
 * Service protection limits of one user at one web server: requests in five minutes, the time that they take together, and
 * requests at the same time. https://learn.microsoft.com/power-apps/developer/data-platform/api-limits
 */
export function addLimits(api: FastifyInstance, world: SandboxWorld): void {
  const requests = new Quota(windowMs);
  const execution = new Quota(windowMs);
  const open = new Set<FastifyRequest>();
  const max = (): number => world.faults.current.quotaPerBurst ?? maxRequests;
  let refused: { readonly untilMs: number; readonly answer: (waitSeconds: number) => Answer } | undefined;

  /** What reached its limit, and when it is below it again. */
  function limitOf(nowMs: number): typeof refused {
    if (execution.used(nowMs) >= maxExecutionMs)
      return { untilMs: nowMs + execution.waitMs(nowMs), answer: executionExceeded };
    if (requests.used(nowMs) < max()) return undefined;
    return { untilMs: nowMs + requests.waitMs(nowMs), answer: (seconds) => requestsExceeded(max(), seconds) };
  }

  api.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    const nowMs = world.clock.now();
    const { retryAfterSeconds, executionMs } = world.faults.current;
    if (open.size >= maxConcurrent) {
      const text = `Number of concurrent requests exceeded the limit of ${maxConcurrent}.`;
      throw new Refusal(limitReached('0x80072326', text, retryAfterSeconds ?? 1));
    }
    const isEarly = refused !== undefined && nowMs < refused.untilMs;
    refused = isEarly && refused !== undefined ? { ...refused, untilMs: refused.untilMs + penaltyMs } : limitOf(nowMs);
    if (refused !== undefined) {
      const waitSeconds = Math.max(1, Math.ceil((refused.untilMs - nowMs) / 1000));
      throw new Refusal(refused.answer(retryAfterSeconds ?? waitSeconds));
    }
    requests.take(nowMs, max());
    execution.take(nowMs, maxExecutionMs, executionMs);
    open.add(request);
  });
  api.addHook('onSend', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    const nowMs = world.clock.now();
    const leftMs = Math.max(0, maxExecutionMs - execution.used(nowMs));
    reply.header('x-ms-ratelimit-burst-remaining-xrm-requests', Math.max(0, max() - requests.used(nowMs)));
    reply.header('x-ms-ratelimit-time-remaining-xrm-requests', seconds.format(leftMs / 1000));
  });
  api.addHook('onResponse', async (request) => {
    open.delete(request);
  });
}

const seconds = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const executionExceeded = (waitSeconds: number): Answer =>
  limitReached(
    '0x80072321',
    'Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
    waitSeconds,
  );
