/** The long search for a case that breaks a law. */
import fc from 'fast-check';
import type { Law } from './law.ts';

/** So few that a slice takes a fraction of a second: progress is shown between slices. */
export const SLICE = 200;

export interface Search {
  /** Cases for each law. */
  readonly cases: number;
  /** Slice n of a law has the seed `seed + n`. */
  readonly seed: number;
  /** Shows how far it is; called after every slice. */
  readonly progress: (text: string) => void;
  /** Prints what stays. */
  readonly print: (text: string) => void;
  readonly now: () => number;
}

/** True when no case was found against any of the laws. Goes on with the others after one is broken. */
export function prove(laws: readonly Law[], search: Search): boolean {
  return laws.map((law) => proveOne(law, search)).every(Boolean);
}

function proveOne(law: Law, { cases, seed, progress, print, now }: Search): boolean {
  const startMs = now();
  for (let done = 0, slice = 0; done < cases; slice++) {
    const numRuns = Math.min(SLICE, cases - done);
    const sliceSeed = (seed + slice) | 0;
    const details = law.check({ numRuns, seed: sliceSeed });
    done += details.numRuns;
    if (details.failed) {
      print(broken(law, sliceSeed, fc.defaultReportMessage(details) ?? ''));
      return false;
    }
    progress(`${law.name}: ${pace(done, now() - startMs)}`);
  }
  print(`held    ${law.name}: ${pace(cases, now() - startMs)}`);
  return true;
}

function broken({ name, dialect }: Law, seed: number, report: string): string {
  const narrow = dialect === undefined ? '' : ` --dialect ${dialect}`;
  return `BROKEN  ${name}\n${report}\nagain:  npm run prove -- --cases ${SLICE} --seed ${seed}${narrow}`;
}

function pace(done: number, tookMs: number): string {
  const perSecond = Math.round((done * 1000) / Math.max(tookMs, 1));
  return `${done.toLocaleString('en')} cases, ${perSecond.toLocaleString('en')}/s`;
}
