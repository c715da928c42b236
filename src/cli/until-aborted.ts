/**
 * Resolves when the first of the signals aborts; at once when one has. Not by AbortSignal.any: on Node 20 what that makes
 * out of a timeout was seen to be collected as garbage while it was waited for, and then never aborts.
 */
export async function untilAborted(...signals: readonly AbortSignal[]): Promise<void> {
  await Promise.race(
    signals.map(
      (signal) =>
        new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    ),
  );
}
