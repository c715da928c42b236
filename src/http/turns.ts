/** Who goes next, when only so many may at once. */

export interface Turns {
  /** Waits for a place. Those who wait take turns by member, so that one who asks often does not keep the others. */
  enter(places: number, member: unknown, signal: AbortSignal): Promise<void>;
  /** Gives a place back: to the next in turn, so that no newcomer overtakes it. */
  leave(): void;
}

export function createTurns(): Turns {
  /** Members in the order of their turns, each with its own in the order they came. */
  const waiting = new Map<unknown, (() => void)[]>();
  let inside = 0;

  function next(): (() => void) | undefined {
    for (const [member, line] of waiting) {
      const go = line.shift();
      // Its turn is over: to the end of the round.
      waiting.delete(member);
      if (line.length > 0) waiting.set(member, line);
      if (go !== undefined) return go;
    }
    return undefined;
  }

  function wait(member: unknown, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = waiting.get(member) ?? [];
      waiting.set(member, line);
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        line.splice(line.indexOf(go), 1);
        if (line.length === 0) waiting.delete(member);
        reject(signal.reason);
      };
      line.push(go);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    async enter(places, member, signal) {
      signal.throwIfAborted();
      if (inside >= places) return wait(member, signal);
      inside += 1;
    },
    leave() {
      const go = next();
      if (go === undefined) inside -= 1;
      else go();
    },
  };
}
