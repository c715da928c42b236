/**
 * What one vendor account allows, shared by all instances of it: so many requests at once, so many per second, and
 * none until the time the vendor named.
 */
import { Failure } from '../diagnostic/failure.ts';
import type { Clock } from './clock.ts';

export interface QuotaLimits {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Undefined: no spacing. */
  readonly requestsPerSecond: number | undefined;
}

export interface Quota {
  /**
   * Waits for a turn, first come first served. The returned function gives it back and must be called once.
   * @throws Failure `vendor-throttled` when the account is paused for longer than `longestWaitMs`.
   * @throws the signal's reason when it is aborted while waiting.
   */
  acquire(limits: QuotaLimits, longestWaitMs: number, signal: AbortSignal): Promise<() => void>;
  /** No request of this account starts for that long. A pause never shortens one that is there. */
  pause(delayMs: number): void;
}

export interface Quotas {
  /** The one quota of an account. */
  of(account: string): Quota;
}

/** A registry of quotas; one per process, given to every client. */
export function createQuotas(clock: Clock): Quotas {
  const quotas = new Map<string, Quota>();
  return {
    of(account) {
      const quota = quotas.get(account) ?? createQuota(clock);
      quotas.set(account, quota);
      return quota;
    },
  };
}

function createQuota(clock: Clock): Quota {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let pausedUntilMs = 0;
  let nextStartMs = 0;

  /** Gives the place to the first in line, so that no newcomer overtakes it. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  }

  async function enter(concurrency: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (underWay >= concurrency) return turn(signal);
    underWay += 1;
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      waiting.push(go);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async function waitForStart(limits: QuotaLimits, longestWaitMs: number, signal: AbortSignal): Promise<void> {
    const gapMs = limits.requestsPerSecond === undefined ? 0 : 1000 / limits.requestsPerSecond;
    const giveUpMs = clock.now() + longestWaitMs;
    const sleepUntil = async (untilMs: number): Promise<void> => {
      const waitMs = untilMs - clock.now();
      if (untilMs > giveUpMs) throw paused(waitMs);
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    };
    do {
      while (pausedUntilMs > clock.now()) await sleepUntil(pausedUntilMs);
      const startMs = Math.max(clock.now(), nextStartMs);
      // Whoever cannot wait takes no turn, so that those who give up do not put the others off for ever.
      if (startMs > giveUpMs) throw paused(startMs - clock.now());
      nextStartMs = startMs + gapMs;
      await sleepUntil(startMs);
    } while (pausedUntilMs > clock.now());
  }

  return {
    async acquire(limits, longestWaitMs, signal) {
      await enter(limits.concurrency, signal);
      try {
        await waitForStart(limits, longestWaitMs, signal);
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    pause(delayMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.now() + delayMs);
    },
  };
}

function paused(waitMs: number): Failure {
  return new Failure('vendor-throttled', 'The vendor account is over its quota; its requests wait.', {
    retryable: true,
    retryAfterMs: Math.ceil(waitMs),
  });
}
