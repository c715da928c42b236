/**
 * The vendor's clock, as the Date of its answers tells it (RFC 9110 §6.6.1). A vendor is many nodes, and the clock of one of
 * them may be hours off, while the records carry right times. A cursor that moves to such a time passes over all that is
 * written until then, so the word of a single answer is not enough:
 *
 * - What agrees with our own clock is believed at once, for two clocks that are wrong do not agree by chance.
 * - Else eight more answers must tell one time than another. Who goes by the clock asks until then (`isKnown`).
 * - Later an answer that agrees moves what is known, by no more than Dates are cut by: a node that is some seconds off pulls
 *   little. Those that do not agree change nothing, until so many in a row tell another time: the vendor's clock was set.
 * - It is kept against a clock of ours that nobody sets (`Clock.steady`), so that it holds when our own time is set.
 *
 * Answers that are all wrong by the same cannot be told from right ones. A wrong node that gives a share p of the answers
 * wins where ours is no help by (p / (1 − p))⁸: for one answer in twenty, less than once in a billion.
 */
import type { Clock } from './clock.ts';

export interface BelievedClock {
  /**
   * An answer was here.
   * @param dateMs what it told; null when it told nothing.
   * @param headAtMs when its head was here, on our clock.
   */
  hear(dateMs: number | null, headAtMs: number): void;
  /** Vendor's clock less ours in milliseconds, as ours is now; while it is not known, as it was heard, and 0 before. */
  readonly skewMs: number;
  /** Whether it is known, or the vendor's answers tell no time. */
  readonly isKnown: boolean;
  /** The last answers told another time: what is known may be wrong. */
  readonly isDoubted: boolean;
}

/** Dates are told in whole seconds, and an answer is some time on its way. */
const agreeingMs = 30_000;
const stepMs = 1_000;

const answersNeeded = 8;

/** Another time than what is known. */
interface Rival {
  /** Vendor's clock less our steady one. */
  readonly aheadMs: number;
  /** How many more answers told it than told others. */
  readonly lead: number;
}

export function createBelievedClock({ now, steady }: Pick<Clock, 'now' | 'steady'>): BelievedClock {
  let knownMs: number | null = null;
  let rival: Rival | null = null;
  let isSilent = false;
  return {
    hear(dateMs, headAtMs) {
      if (dateMs === null) {
        isSilent = true;
        return;
      }
      const oursMs = now() - steady();
      const aheadMs = dateMs - headAtMs + oursMs;
      if (agree(aheadMs, knownMs ?? oursMs)) {
        knownMs = knownMs === null ? aheadMs : towards(aheadMs, knownMs);
        rival = null;
        return;
      }
      rival = rivalAfter(rival, aheadMs);
      if (rival.lead < answersNeeded) return;
      knownMs = rival.aheadMs;
      rival = null;
    },
    get skewMs() {
      const aheadMs = knownMs ?? rival?.aheadMs;
      return aheadMs === undefined ? 0 : aheadMs + steady() - now();
    },
    get isDoubted() {
      return rival !== null;
    },
    get isKnown() {
      return knownMs !== null || (isSilent && rival === null);
    },
  };
}

function agree(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= agreeingMs;
}

function towards(toMs: number, fromMs: number): number {
  return fromMs + Math.min(Math.max(toMs - fromMs, -stepMs), stepMs);
}

/** Of answers that agree the least is taken: a clock that is thought behind only delays. */
function rivalAfter(before: Rival | null, aheadMs: number): Rival {
  if (before === null) return { aheadMs, lead: 1 };
  if (agree(before.aheadMs, aheadMs)) return { aheadMs: Math.min(before.aheadMs, aheadMs), lead: before.lead + 1 };
  return before.lead === 1 ? { aheadMs, lead: 1 } : { ...before, lead: before.lead - 1 };
}
