import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { Quota } from '../quota.ts';
import type { SandboxWorld } from '../vendor.ts';
import { limitReached } from './answers.ts';

const secondMs = 1000;
const burstMs = 10_000;
const dayMs = 86_400_000;
/** The vendor gives 100 to 250 in ten seconds; a sandbox whose clock stands still must not run dry, so this is larger. See `rates`. */
const defaultBurst = 10_000;
const defaultDaily = 250_000;

const isSearch = (request: FastifyRequest): boolean => /\/search(?:\?|$)/.test(request.url);
const isStatic = (request: FastifyRequest): boolean => /^bearer pat-/i.test(request.headers.authorization ?? '');

/** Counts calls against the vendor's limits and shows them in headers; answers to searches carry none. */
export function addLimits(api: FastifyInstance, world: SandboxWorld): void {
  const searches = new Quota(secondMs);
  const burst = new Quota(burstMs);
  const daily = new Quota(dayMs);
  const maxBurst = (): number => world.faults.current.quotaPerBurst ?? defaultBurst;
  const maxDaily = (): number => world.faults.current.quotaPerDay ?? defaultDaily;
  const counted = new WeakSet<FastifyRequest>();

  api.addHook('preHandler', async (request) => {
    if (request.url.startsWith('/oauth/')) return;
    counted.add(request);
    const nowMs = world.clock.now();
    const { searchesPerSecond, retryAfterSeconds } = world.faults.current;
    if (isSearch(request)) {
      if (searchesPerSecond !== null && !searches.take(nowMs, searchesPerSecond)) {
        throw new Refusal(limitReached('SECONDLY', retryAfterSeconds));
      }
    } else if (!burst.take(nowMs, maxBurst()))
      throw new Refusal(limitReached('TEN_SECONDLY_ROLLING', retryAfterSeconds));
    if (!daily.take(nowMs, maxDaily())) throw new Refusal(limitReached('DAILY', retryAfterSeconds));
  });
  api.addHook('onSend', async (request, reply) => {
    if (!counted.has(request) || isSearch(request)) return;
    const nowMs = world.clock.now();
    reply.header('x-hubspot-ratelimit-max', maxBurst());
    reply.header('x-hubspot-ratelimit-remaining', maxBurst() - burst.used(nowMs));
    reply.header('x-hubspot-ratelimit-interval-milliseconds', burstMs);
    // OAuth calls do not tell the daily numbers.
    if (!isStatic(request)) return;
    reply.header('x-hubspot-ratelimit-daily', maxDaily());
    reply.header('x-hubspot-ratelimit-daily-remaining', maxDaily() - daily.used(nowMs));
  });
}
