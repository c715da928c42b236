/** Ending work early. */

/**
 * A signal that is aborted when the first of the given ones is, with its reason. Unlike AbortSignal.any, `unlink`
 * leaves nothing behind on a signal that lives as long as the process.
 */
export function linkSignals(signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal;
  unlink(): void;
} {
  const controller = new AbortController();
  const stops = signals.map((signal) => {
    const stop = (): void => controller.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
  return {
    signal: controller.signal,
    unlink() {
      for (const stop of stops) stop();
    },
  };
}

/** Waits for what others wait for too, and leaves them to it when the signal comes first: rejects with its reason. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
