import type { Clock } from '../http/clock.ts';

/** Rests for so many milliseconds, or until woken. Never rejects: being woken is no failure of a rest. */
export function restUntil(clock: Clock, restMs: number, woken: AbortSignal): Promise<void> {
  return clock.sleep(restMs, woken).catch((error: unknown) => {
    if (!woken.aborted) throw error;
  });
}
