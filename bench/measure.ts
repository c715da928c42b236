/**
 * Measuring on a machine that others use too: contenders take turns in one process, medians are kept, and what is
 * counted is the time that processors spent on this process, its garbage collection included, not the time on the wall.
 */

export interface Measure {
  readonly name: string;
  readonly figure: number;
  /** What the figure counts: `texts/s`, `rows/s`, or `×` for a ratio of two rates. */
  readonly unit: string;
  /** The least that the project aims for; absent where it only informs. */
  readonly goal?: number;
  /** The most that it may be, where less is better. */
  readonly most?: number;
  /** The figure of the best round: nearest to what the machine does when nothing else asks for it. */
  readonly best: number;
}

/** How long to measure: `rounds` turns of at least `turnMs` milliseconds of processor time for each contender. */
export interface Pace {
  readonly rounds: number;
  readonly turnMs: number;
}

export const thorough: Pace = { rounds: 25, turnMs: 40 };
/** Shows that the measurements run; its figures mean little. */
export const quick: Pace = { rounds: 3, turnMs: 5 };

/** What a call returned last: kept, so that no call is optimised away. */
export let lastResult: unknown;

/** Calls per second of processor time of one contender, a figure for each round. */
export type Rates = readonly number[];

/** Runs the contenders in turns, so that what else the machine does falls on all of them alike. */
export function race(contenders: readonly (() => unknown)[], pace: Pace): readonly Rates[] {
  const entries = contenders.map((call) => ({ call, times: callsPerTurn(call, pace.turnMs), rates: [] as number[] }));
  for (let round = 0; round < pace.rounds; round++) {
    for (const { call, times, rates } of entries) rates.push((times * 1000) / turnMs(call, times));
  }
  return entries.map(({ rates }) => rates);
}

/** The number of calls that fill a turn, found by doubling; it warms the code up on the way. */
function callsPerTurn(call: () => unknown, wantedMs: number): number {
  let times = 1;
  let tookMs = turnMs(call, times);
  while (tookMs < wantedMs) {
    times *= 2;
    tookMs = turnMs(call, times);
  }
  return times;
}

function turnMs(call: () => unknown, times: number): number {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time++) lastResult = call();
  const { user, system } = process.cpuUsage(start);
  return Math.max(1, user + system) / 1000;
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Units per second, when each call handles `perCall` of them. */
export function rateOf(rates: Rates, perCall = 1): Pick<Measure, 'figure' | 'best'> {
  return { figure: median(rates) * perCall, best: Math.max(...rates) * perCall };
}

/** How many times as fast the first is, by rounds, each of which compares neighbours in time. */
export function ratioOf(ours: Rates, theirs: Rates): Pick<Measure, 'figure' | 'best'> {
  return rateOf(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
}
