/** The long search for a case that breaks a law. */
import fc from 'fast-check';
import type { Law } from './law.ts';

/** So few that a slice takes a fraction of a second: progress is shown between slices. */
export const SLICE = 200;

export interface Search {
  /** Cases for each law. */
  readonly cases: number;
  /** No law is searched for longer, in milliseconds. */
  readonly mostMs: number;
  /** Slice n of a law has the seed `seed + n`. */
  readonly seed: number;
  /** Shows how far it is; called after every slice. */
  readonly progress: (text: string) => void;
  /** Prints what stays. */
  readonly print: (text: string) => void;
  readonly now: () => number;
}

/** What became of one law. */
export interface Outcome {
  readonly law: string;
  /** null for laws of the language. */
  readonly dialect: string | null;
  readonly cases: number;
  readonly casesPerSecond: number;
  /** The least case that breaks it, and how to see it again; null where none was found. */
  readonly broken: string | null;
}

/** One outcome per law. Goes on with the others after one is broken. */
export function prove(laws: readonly Law[], search: Search): readonly Outcome[] {
  return laws.map((law) => proveOne(law, search));
}

function proveOne(law: Law, { cases, mostMs, seed, progress, print, now }: Search): Outcome {
  const startMs = now();
  let outcome = outcomeOf(law, 0, 0, null);
  for (let slice = 0; outcome.cases < cases && (slice === 0 || now() - startMs < mostMs); slice++) {
    const numRuns = Math.min(SLICE, cases - outcome.cases);
    const sliceSeed = (seed + slice) | 0;
    const details = law.check({ numRuns, seed: sliceSeed });
    const broken = details.failed ? reportOf(law, sliceSeed, fc.defaultReportMessage(details) ?? '') : null;
    outcome = outcomeOf(law, outcome.cases + details.numRuns, now() - startMs, broken);
    if (broken !== null) break;
    progress(`${law.name}: ${pace(outcome)}`);
  }
  print(outcome.broken === null ? `held    ${law.name}: ${pace(outcome)}` : `BROKEN  ${law.name}\n${outcome.broken}`);
  return outcome;
}

function outcomeOf({ name, dialect }: Law, cases: number, tookMs: number, broken: string | null): Outcome {
  const casesPerSecond = Math.round((cases * 1000) / Math.max(tookMs, 1));
  return { law: name, dialect: dialect ?? null, cases, casesPerSecond, broken };
}

function reportOf({ dialect }: Law, seed: number, report: string): string {
  const narrow = dialect === undefined ? '' : ` --dialect ${dialect}`;
  return `${report}\nagain:  npm run prove -- --cases ${SLICE} --seed ${seed}${narrow}`;
}

function pace({ cases, casesPerSecond }: Outcome): string {
  return `${cases.toLocaleString('en')} cases, ${casesPerSecond.toLocaleString('en')}/s`;
}
