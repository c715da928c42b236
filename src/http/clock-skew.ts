/**
 * The vendor's clock less ours, as its answers tell it by the header Date (RFC 9110 §6.6.1).
 *
 * What a poll has read up to is a moment on that clock, and it never moves back. One server of many whose clock is wrong,
 * or a proxy before it, would take it days ahead, past all that changes until then. So a leap ahead is believed when
 * several answers in a row tell of one; a clock that is behind asks for less, and is believed at once.
 */
export interface ClockSkew {
  /** Milliseconds; 0 until an answer has told. */
  readonly ms: number;
  /** What an answer tells: its Date less our time as its head came. */
  learn(toldMs: number): void;
}

/** More than clocks drift, answers take on their way, and a Date of whole seconds leaves out. */
const leapMs = 60_000;
const answersForALeap = 3;

export function createClockSkew(): ClockSkew {
  let ms: number | null = null;
  let leaps: number[] = [];
  return {
    get ms() {
      return ms ?? 0;
    },
    learn(toldMs) {
      const isLeap = ms !== null && toldMs - ms > leapMs;
      leaps = isLeap ? [...leaps, toldMs] : [];
      if (isLeap && leaps.length < answersForALeap) return;
      ms = isLeap ? Math.min(...leaps) : toldMs;
      leaps = [];
    },
  };
}
