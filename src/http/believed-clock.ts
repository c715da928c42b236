/**
 * The vendor's clock, as the Date of its answers tells it (RFC 9110 §6.6.1). A vendor is many nodes, and the clock of one of
 * them may be hours off, while the records carry right times. A cursor that moves to such a time passes over all that is
 * written until then, so no single answer is believed:
 *
 * - Before anything is known, two answers in a row must agree. Who goes by the clock waits for that (`isKnown`).
 * - Then an answer that agrees moves what is known, by no more than Dates are cut by: a node that is some seconds off pulls
 *   little. One that does not agree changes nothing, until as many in a row as a clock that is off by chance never gives
 *   agree on another time: then the vendor's clock was set.
 * - It is kept against a clock of ours that nobody sets (`Clock.steady`), so that it holds when our own time is set, and
 *   no answer needs to be believed at once.
 *
 * A vendor whose answers are all wrong by the same cannot be told from one that is right. A node that gives a share p of the
 * answers is believed by chance about once in 1/p² clients, and later in 1/p⁵ answers, until as many others contradict it;
 * so a bound that must not lie ahead also takes the answer's own word, when that is earlier.
 */
import type { Clock } from './clock.ts';

export interface BelievedClock {
  /**
   * An answer was here.
   * @param dateMs what it told; null when it told nothing.
   * @param headAtMs when its head was here, on our clock.
   */
  hear(dateMs: number | null, headAtMs: number): void;
  /** Vendor's clock less ours in milliseconds, as ours is now; while it is not known, as last heard, and 0 before. */
  readonly skewMs: number;
  /** Whether it is known, or the vendor's answers tell no time. */
  readonly isKnown: boolean;
}

/** Dates are told in whole seconds, and an answer is some time on its way. */
const agreeingMs = 30_000;
const stepMs = 1_000;

/** Answers in a row that must agree: before anything is known, and to put something else in its place. */
const firstAnswers = 2;
const otherAnswers = 5;

/** Vendor's clock less our steady one, and how many answers in a row told it. */
interface Heard {
  readonly aheadMs: number;
  readonly answers: number;
}

export function createBelievedClock({ now, steady }: Pick<Clock, 'now' | 'steady'>): BelievedClock {
  let knownMs: number | null = null;
  let heard: Heard | null = null;
  let isSilent = false;
  return {
    hear(dateMs, headAtMs) {
      if (dateMs === null) {
        isSilent = knownMs === null && heard === null;
        return;
      }
      const aheadMs = dateMs - (steady() - (now() - headAtMs));
      if (knownMs !== null && agree(aheadMs, knownMs)) {
        knownMs += Math.min(Math.max(aheadMs - knownMs, -stepMs), stepMs);
        heard = null;
        return;
      }
      heard = heardAfter(heard, aheadMs);
      if (heard.answers < (knownMs === null ? firstAnswers : otherAnswers)) return;
      knownMs = heard.aheadMs;
      heard = null;
    },
    get skewMs() {
      const aheadMs = knownMs ?? heard?.aheadMs;
      return aheadMs === undefined ? 0 : aheadMs + steady() - now();
    },
    get isKnown() {
      return knownMs !== null || (isSilent && heard === null);
    },
  };
}

function agree(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= agreeingMs;
}

/** Of answers that agree the least is taken: a clock that is thought behind only delays. */
function heardAfter(before: Heard | null, aheadMs: number): Heard {
  if (before === null || !agree(before.aheadMs, aheadMs)) return { aheadMs, answers: 1 };
  return { aheadMs: Math.min(before.aheadMs, aheadMs), answers: before.answers + 1 };
}
