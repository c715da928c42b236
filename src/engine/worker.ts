/**
 * A worker takes due things from the store and works on several at once. The poller uses it; what it adds is what to
 * lease and what to do with one.
 */
import type { Clock } from '../http/clock.ts';
import { restUntil } from './rest.ts';

export interface WorkerOptions<T> {
  readonly clock: Clock;
  /** How many at once. */
  readonly concurrency: number;
  /** Takes up to so many due things. */
  readonly lease: (limit: number) => Promise<readonly T[]>;
  /** Works on one. Never rejects for what the work itself may run into; a rejection is a bug and goes to `onBug`. */
  readonly work: (item: T, signal: AbortSignal) => Promise<void>;
  /** When the next thing is due; null when nothing waits. */
  readonly nextDueAt: () => Promise<number | null>;
  /** A bug in one unit of work, or a store that does not answer: reported, and the worker goes on. */
  readonly onBug: (error: unknown) => void;
}

export interface Worker {
  /** Works until the signal aborts, then waits for what is under way. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks for due things now. */
  wake(): void;
}

/** The longest sleep: another process may have put something in the store. */
const longestSleepMs = 5_000;

/** After a store that did not answer. */
const pauseMs = 1_000;

export function createWorker<T>(options: WorkerOptions<T>): Worker {
  const { clock, concurrency } = options;
  const active = new Set<Promise<void>>();
  let wakeUp = new AbortController();

  const begin = (item: T, signal: AbortSignal): void => {
    const task: Promise<void> = options
      .work(item, signal)
      .catch(options.onBug)
      .finally(() => {
        active.delete(task);
        wakeUp.abort();
      });
    active.add(task);
  };

  /** Starts what is due and free; answers how long to sleep. */
  const startDue = async (signal: AbortSignal): Promise<number> => {
    const free = concurrency - active.size;
    if (free === 0) return longestSleepMs;
    const items = await options.lease(free);
    for (const item of items) begin(item, signal);
    if (items.length === free) return 0;
    const dueAt = await options.nextDueAt();
    return dueAt === null ? longestSleepMs : Math.min(Math.max(dueAt - clock.now(), 10), longestSleepMs);
  };

  return {
    wake: () => wakeUp.abort(),
    async run(signal) {
      const stop = (): void => wakeUp.abort();
      signal.addEventListener('abort', stop, { once: true });
      while (!signal.aborted) {
        wakeUp = new AbortController();
        const { signal: woken } = wakeUp;
        const sleepMs = await startDue(signal).catch((error: unknown) => {
          options.onBug(error);
          return pauseMs;
        });
        if (!signal.aborted && sleepMs > 0) await restUntil(clock, sleepMs, woken);
      }
      signal.removeEventListener('abort', stop);
      await Promise.all(active);
    },
  };
}
