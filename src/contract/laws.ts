/** Runs the laws: scripts drawn from a seed are played and judged; the first that breaks them is cut down and told. */
import { seededRandom } from '../sandbox/random.ts';
import { findVendor } from '../sandbox/registry.ts';
import type { BrokenLaw } from './broken-law.ts';
import { drawScript } from './draw.ts';
import { breaches } from './judge.ts';
import { type Played, play } from './play.ts';
import type { Script } from './script.ts';
import { shorten } from './shorten.ts';
import type { Stage } from './stage.ts';
import { tellEvent, tellSetting } from './tell.ts';

export interface LawRuns {
  readonly seed: number;
  readonly runs: number;
}

/**
 * Plays so many scripts; run n has the seed `seed + n`. Answers the first in which the laws did not hold, cut down.
 * @throws Failure when the sandbox refuses what the trial of the connector writes.
 */
export async function runLaws(stage: Stage, runs: LawRuns): Promise<BrokenLaw | null> {
  const found = await findBroken(stage, runs);
  if (found === null) return null;
  const shortest = await shorten(found.script, async (script) => (await judge(stage, script)).breaches.length > 0);
  return tellBroken(found.seed, shortest, await judge(stage, shortest));
}

export interface Found {
  readonly seed: number;
  readonly script: Script;
  readonly breaches: readonly string[];
}

/** As `runLaws`, and leaves the script as it was drawn. */
export async function findBroken(stage: Stage, { seed, runs }: LawRuns): Promise<Found | null> {
  const { restores = false, purges = false } = findVendor(stage.place.vendor)?.habits ?? {};
  const possible = { object: stage.object, merges: stage.trial.merge !== null, restores, purges };
  for (let run = 0; run < runs; run += 1) {
    stage.signal.throwIfAborted();
    const own = seed + run;
    const script = drawScript(possible, seededRandom(own));
    const { breaches: broken } = await judge(stage, script);
    if (broken.length > 0) return { seed: own, script, breaches: broken };
  }
  return null;
}

interface Judged {
  readonly played: Played;
  readonly breaches: readonly string[];
}

async function judge(stage: Stage, script: Script): Promise<Judged> {
  const played = await play(stage, script);
  return { played, breaches: breaches(played, stage.object) };
}

function tellBroken(seed: number, { setting }: Script, { played, breaches: found }: Judged): BrokenLaw {
  return {
    seed,
    breaches: found,
    setting: tellSetting(setting),
    log: played.log,
    events: played.events.map(tellEvent),
  };
}
