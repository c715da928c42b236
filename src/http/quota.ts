/**
 * What one vendor account allows, shared by all instances of it: so many requests at once, so many per second, as many
 * as its answers say are left, and none until the time the vendor named. Processes divide what is known beforehand.
 */
import { Failure } from '../diagnostic/failure.ts';
import type { Clock } from './clock.ts';
import { type BoardEntry, boardEntry, emptyBoard, type QuotaBoard } from './quota-board.ts';
import type { Allowance } from './quota-headers.ts';
import { type Spacing, spacingOf } from './spacing.ts';
import { createTurns } from './turns.ts';

export interface QuotaLimits {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Undefined: no spacing. */
  readonly requestsPerSecond: number | undefined;
}

export interface Quota {
  /**
   * Waits for a turn: members in turn, each first come first served. The returned function gives it back and must be
   * called once.
   * @param member who asks: an instance.
   * @throws Failure `account-waiting` when the account is paused for longer than `longestWaitMs`.
   * @throws the signal's reason when it is aborted while waiting.
   */
  acquire(limits: QuotaLimits, longestWaitMs: number, signal: AbortSignal, member?: unknown): Promise<() => void>;
  /**
   * No request of this account starts for that long, here at once and elsewhere when it has been told. A pause never
   * shortens one that is there.
   */
  pause(delayMs: number): Promise<void>;
  /** What the last answer said of the account's quota; `share` is the part of it that we may use. */
  learn(allowances: readonly Allowance[], share: number): void;
}

export interface Quotas {
  /** The one quota of an account. */
  of(account: string): Quota;
}

/**
 * A registry of quotas; one per process, given to every client.
 * @param board shared with the other processes.
 */
export function createQuotas(clock: Clock, board: QuotaBoard = emptyBoard): Quotas {
  const quotas = new Map<string, Quota>();
  return {
    of(account) {
      const quota = quotas.get(account) ?? createQuota(clock, boardEntry(board, account, clock));
      quotas.set(account, quota);
      return quota;
    },
  };
}

/** No vendor has so many; one whose answers name ever new ones must not fill the memory. */
const MOST_ALLOWANCES = 20;

interface Learned extends Pick<Spacing, 'gapMs'> {
  readonly limit: number;
  readonly fromMs: number;
  /** Then nothing of it holds any more. */
  readonly untilMs: number;
}

function createQuota(clock: Clock, board: BoardEntry): Quota {
  const turns = createTurns();
  const learned = new Map<string, Learned>();
  let pausedUntilMs = 0;
  let nextStartMs = 0;

  /** The widest gap of what is known, and when it lets the next one go. */
  function spacing(): { readonly gapMs: number; readonly fromMs: number } {
    let gapMs = 0;
    let fromMs = 0;
    for (const [name, known] of learned) {
      if (known.untilMs <= clock.now()) {
        learned.delete(name);
        continue;
      }
      gapMs = Math.max(gapMs, known.gapMs);
      fromMs = Math.max(fromMs, known.fromMs);
    }
    return { gapMs, fromMs };
  }

  const heldUntilMs = (): number => Math.max(pausedUntilMs, board.pausedUntilMs, spacing().fromMs);

  async function waitForStart(limits: QuotaLimits, longestWaitMs: number, signal: AbortSignal): Promise<void> {
    const giveUpMs = clock.now() + longestWaitMs;
    const sleepUntil = async (untilMs: number): Promise<void> => {
      const waitMs = untilMs - clock.now();
      if (untilMs > giveUpMs) throw paused(waitMs);
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      await board.refresh();
    };
    await board.refresh();
    do {
      for (let heldMs = heldUntilMs(); heldMs > clock.now(); heldMs = heldUntilMs()) await sleepUntil(heldMs);
      const { gapMs } = spacing();
      const rateMs = limits.requestsPerSecond === undefined ? 0 : (1000 * board.nodes) / limits.requestsPerSecond;
      const startMs = Math.max(clock.now(), nextStartMs);
      // Whoever cannot wait takes no turn, so that those who give up do not put the others off for ever.
      if (startMs > giveUpMs) throw paused(startMs - clock.now());
      nextStartMs = startMs + Math.max(rateMs, gapMs);
      await sleepUntil(startMs);
      // Meanwhile an answer may have said more.
    } while (heldUntilMs() > clock.now());
  }

  return {
    async acquire(limits, longestWaitMs, signal, member) {
      await turns.enter(Math.max(1, Math.floor(limits.concurrency / board.nodes)), member, signal);
      try {
        await waitForStart(limits, longestWaitMs, signal);
      } catch (error) {
        turns.leave();
        throw error;
      }
      return turns.leave;
    },
    async pause(delayMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.now() + delayMs);
      await board.pause(pausedUntilMs);
    },
    learn(allowances, share) {
      const nowMs = clock.now();
      for (const allowance of allowances) {
        const { name, remaining, windowMs } = allowance;
        if (learned.size >= MOST_ALLOWANCES && !learned.has(name)) continue;
        // Where the vendor does not say how much it is, it is at least what was there once.
        const limit = allowance.limit ?? Math.max(learned.get(name)?.limit ?? 1, remaining);
        const { gapMs, waitMs } = spacingOf({ ...allowance, limit }, share);
        learned.set(name, { limit, gapMs, fromMs: nowMs + waitMs, untilMs: nowMs + windowMs });
      }
    },
  };
}

function paused(waitMs: number): Failure {
  return new Failure('account-waiting', 'The vendor account is over its quota; its requests wait.', {
    retryable: true,
    retryAfterMs: Math.ceil(waitMs),
  });
}
