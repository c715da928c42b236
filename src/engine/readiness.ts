/** Whether the store takes what is written: asked for by whoever watches the process, and not by everyone who asks. */
import { Failure, failureCodes } from '../diagnostic/failure.ts';
import type { Clock } from '../http/clock.ts';
import type { Store } from '../store/port.ts';
import type { Log } from './log.ts';

/** Why the service is not ready, for anyone to read; null when it is. */
export type Unready = string | null;

/** Each look writes: whoever asks sooner is told what the last one found. */
const lookAgainMs = 5_000;
/** Those who ask wait for seconds at most, a connection to a database that is gone for longer. */
const patienceMs = 2_000;

export interface ReadinessOptions {
  readonly store: Pick<Store, 'probe'>;
  readonly clock: Pick<Clock, 'steady' | 'sleep'>;
  readonly log: Log;
}

export function createReadiness({ store, clock, log }: ReadinessOptions): () => Promise<Unready> {
  let look: { readonly atMs: number; readonly found: Promise<Unready>; isOver: boolean } | null = null;
  let wasReady = true;

  async function probe(): Promise<Unready> {
    try {
      await store.probe();
      if (!wasReady) log.info('the store takes writes again');
      wasReady = true;
      return null;
    } catch (error) {
      if (wasReady) log.error({ err: error }, 'the store takes no writes');
      wasReady = false;
      return reasonOf(error);
    }
  }

  function latest(): Promise<Unready> {
    const isFresh = look !== null && (!look.isOver || clock.steady() - look.atMs < lookAgainMs);
    if (look !== null && isFresh) return look.found;
    const begun = { atMs: clock.steady(), found: probe(), isOver: false };
    look = begun;
    void begun.found.then(() => {
      begun.isOver = true;
    });
    return begun.found;
  }

  return async () => {
    const waiting = new AbortController();
    const late = clock.sleep(patienceMs, waiting.signal).then(
      () => `The store has not answered within ${patienceMs} ms.`,
      () => null,
    );
    try {
      return await Promise.race([latest(), late]);
    } finally {
      waiting.abort();
    }
  };
}

/** By its code: the message is the driver's, and may name hosts and users. The log has it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Failure)) return 'The store cannot be used; the log says why.';
  const cause = error.detail['cause'];
  return `${failureCodes[error.code]} (${error.code}${typeof cause === 'string' ? `, ${cause}` : ''})`;
}
