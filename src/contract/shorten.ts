/** Cuts a script down to what still breaks the laws: steps are left out, polls made quiet, the world made plain. */
import type { Script, Setting, Step } from './script.ts';

/** How many candidates are played at most: a person waits for it. */
const mostTries = 80;

/** @param isBroken plays a candidate. */
export async function shorten(script: Script, isBroken: (candidate: Script) => Promise<boolean>): Promise<Script> {
  let tries = 0;
  let shortest = script;
  const keep = async (candidate: Script): Promise<boolean> => {
    if (tries >= mostTries) return false;
    tries += 1;
    if (!(await isBroken(candidate))) return false;
    shortest = candidate;
    return true;
  };
  for (let size = Math.ceil(script.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < shortest.steps.length; ) {
      const steps = [...shortest.steps.slice(0, at), ...shortest.steps.slice(at + size)];
      if (!(await keep({ ...shortest, steps }))) at += size;
    }
  }
  for (let at = 0; at < shortest.steps.length; at += 1) {
    for (const makePlain of plainSteps) {
      const step = shortest.steps[at];
      const plain = step === undefined ? step : makePlain(step);
      if (plain !== undefined && plain !== step) await keep({ ...shortest, steps: shortest.steps.with(at, plain) });
    }
  }
  for (const plain of plainSettings) await keep({ ...shortest, setting: { ...shortest.setting, ...plain } });
  return shortest;
}

const plainSettings: readonly Partial<Setting>[] = [
  { skewMs: 0 },
  { pageSize: null, resultCap: null },
  { resultCap: null },
  { way: 0 },
  { before: 0 },
  { startMs: Date.parse('2026-11-20T12:00:00Z') },
];

/** Ways in which a step can be plainer; each answers the step itself where it is so already. */
const plainSteps: readonly ((step: Step) => Step)[] = [
  (step) => (step.do === 'poll' && step.trouble !== null ? { ...step, trouble: null } : step),
  (step) => (step.do === 'poll' && step.during.length > 0 ? { ...step, during: [] } : step),
  (step) => (step.do === 'poll' && step.during.length > 1 ? { ...step, during: step.during.slice(0, 1) } : step),
  (step) => (step.do === 'poll' && step.crash !== null ? { ...step, crash: null } : step),
  (step) => ('late' in step && step.late > 0 ? { ...step, late: 0 } : step),
];
