import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { Quota } from '../quota.ts';
import type { SandboxWorld } from '../vendor.ts';
import { limitReached, requestsExceeded } from './answers.ts';

const windowMs = 300_000;
const maxRequests = 6000;
const maxConcurrent = 52;

/** Service protection limits of one user at one web server: requests in five minutes, and requests at the same time. */
export function addLimits(api: FastifyInstance, world: SandboxWorld): void {
  const quota = new Quota(windowMs);
  const open = new Set<FastifyRequest>();
  const max = (): number => world.faults.current.quotaPerBurst ?? maxRequests;

  api.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    const nowMs = world.clock.now();
    const { retryAfterSeconds } = world.faults.current;
    const waitSeconds = retryAfterSeconds ?? Math.max(1, Math.ceil(quota.waitMs(nowMs) / 1000));
    if (open.size >= maxConcurrent) {
      const text = `Number of concurrent requests exceeded the limit of ${maxConcurrent}.`;
      throw new Refusal(limitReached('0x80072326', text, retryAfterSeconds ?? 1));
    }
    if (!quota.take(nowMs, max())) throw new Refusal(requestsExceeded(max(), waitSeconds));
    open.add(request);
  });
  api.addHook('onSend', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    const used = quota.used(world.clock.now());
    reply.header('x-ms-ratelimit-burst-remaining-xrm-requests', Math.max(0, max() - used));
    reply.header('x-ms-ratelimit-time-remaining-xrm-requests', '1,200.00');
  });
  api.addHook('onResponse', async (request) => {
    open.delete(request);
  });
}
