/** Where the time comes from, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** A clock that can be moved, and otherwise runs on with the clock under it. */
export interface VirtualClock extends Clock {
  /** Moves the clock by so many milliseconds; a negative number moves it back. */
  advance(byMs: number): void;
  /** Moves the clock to an instant, from which it goes on. */
  set(toMs: number): void;
}

/** Builds a movable clock over another one. */
export function virtualClock(base: Clock): VirtualClock {
  let offsetMs = 0;
  return {
    now: () => Math.floor(base.now()) + offsetMs,
    advance: (byMs) => {
      offsetMs += byMs;
    },
    set: (toMs) => {
      offsetMs = toMs - Math.floor(base.now());
    },
  };
}
