/** Parts with events that are old and with what instances that are gone left behind, in the background. */
import type { Clock } from '../http/clock.ts';
import type { Store } from '../store/port.ts';
import type { Log } from './log.ts';
import { restUntil } from './rest.ts';

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** How long events are kept, in milliseconds. */
  readonly retainMs: number;
}

export interface Retention {
  /** Works until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** An instance is gone: there is something to sweep now. */
  wake(): void;
}

const everyMs = 60 * 60_000;
/** One step is short, and others have their turn before the next. */
const rowsAStep = 500;
const restMs = 10;

const unitsMs = { h: 3_600_000, d: 24 * 3_600_000 };

/** `36h` or `30d` in milliseconds; the schema of the configuration has checked the form. */
export function parseRetention(text: string): number {
  return Number(text.slice(0, -1)) * unitsMs[text.endsWith('h') ? 'h' : 'd'];
}

export function createRetention({ store, clock, log, retainMs }: RetentionOptions): Retention {
  let woken = new AbortController();

  async function round(signal: AbortSignal): Promise<void> {
    const rest = () => restUntil(clock, restMs, signal);
    while (!signal.aborted && (await store.sweep(rowsAStep))) await rest();
    const before = clock.now() - retainMs;
    let after: string | null = null;
    let purged = 0;
    do {
      const step: Awaited<ReturnType<Store['purgeEvents']>> = await store.purgeEvents({
        before,
        after,
        limit: rowsAStep,
      });
      purged += step.purged;
      after = step.after;
      if (after !== null) await rest();
    } while (after !== null && !signal.aborted);
    if (purged > 0) log.info({ purged }, 'old events purged');
  }

  return {
    wake: () => woken.abort(),
    async run(signal) {
      const stop = (): void => woken.abort();
      signal.addEventListener('abort', stop, { once: true });
      while (!signal.aborted) {
        woken = new AbortController();
        const { signal: wakes } = woken;
        await round(signal).catch((error: unknown) => log.error({ err: error }, 'retention'));
        if (!signal.aborted) await restUntil(clock, everyMs, wakes);
      }
      signal.removeEventListener('abort', stop);
    },
  };
}
