/** A connector tried at the sandbox of its vendor: object by object, those by name too, a full cycle, then the laws. */
import type { Connector, ConnectorObject, Trial } from '../connector/connector.ts';
import type { DescribedObject } from '../connector/described.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { findVendor } from '../sandbox/registry.ts';
import type { BrokenLaw } from './broken-law.ts';
import { caseFailed } from './case-failed.ts';
import { runCycle } from './cycle.ts';
import { feedsOf } from './draw.ts';
import { enterSandbox, type SandboxPlace } from './enter-sandbox.ts';
import { runLaws } from './laws.ts';
import { manualClock } from './manual-clock.ts';
import { describeAtSandbox, namedObjects, triableObjects } from './named-objects.ts';
import { openLine, type PolledLine } from './polled-line.ts';
import { openTrial } from './trial.ts';

export interface SandboxTest {
  readonly connector: Connector;
  readonly place: SandboxPlace;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Scripts of the laws that each object is put through. */
  readonly runs: number;
  /** Only these objects, of `triableObjects`; null for the declared ones and those by name. */
  readonly objects: readonly string[] | null;
  /** Told what begins; answers what ends it. */
  readonly progress: (label: string) => () => void;
}

export interface ObjectTested {
  readonly object: string;
  /** null: the connector does not say how a record is made. */
  readonly cycle: 'ok' | 'failed' | null;
  readonly laws: { readonly seed: number; readonly runs: number; readonly broken: BrokenLaw | null } | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** null when the vendor has no sandbox. */
export async function testAtSandbox(test: SandboxTest): Promise<readonly ObjectTested[] | null> {
  const { connector, place, objects } = test;
  if (connector.definition.sandbox === undefined || findVendor(place.vendor) === undefined) return null;
  const all = triableObjects(connector, place);
  const named = namedObjects(connector);
  const wanted = all.filter((name) => objects?.includes(name) ?? (connector.objects.has(name) || named.includes(name)));
  const tested: ObjectTested[] = [];
  for (const name of wanted) {
    const object = connector.objects.get(name);
    tested.push(object === undefined ? await testNamed(name, test) : await testObject(object, test));
  }
  const { anyObject } = connector.definition;
  if (objects !== null || anyObject === undefined || named.length > 0) return tested;
  const { name } = anyObject.example;
  return [...tested, { object: name, cycle: null, laws: null, diagnostics: [nameless(connector.key, name)] }];
}

/** An object by name: what it is like, the sandbox is asked first. */
async function testNamed(name: string, test: SandboxTest): Promise<ObjectTested> {
  const subject = `${test.connector.key} ${name}`;
  let described: DescribedObject = { object: null, diagnostics: [] };
  const end = test.progress(`Testing ${subject}: what it is like`);
  const refused = await told(subject, async () => {
    described = await describeAtSandbox(name, test);
    return described.diagnostics;
  }).finally(end);
  if (described.object === null || !isUsable(refused))
    return { object: name, cycle: 'failed', laws: null, diagnostics: refused };
  const tested = await testObject(described.object, test);
  return { ...tested, diagnostics: [...refused, ...tested.diagnostics] };
}

async function testObject(object: ConnectorObject, test: SandboxTest): Promise<ObjectTested> {
  const { connector, seed, runs, progress } = test;
  const { name, trial } = object;
  const subject = `${connector.key} ${name}`;
  const untried = { object: name, cycle: null, laws: null } as const;
  // By a name of its own, the sandbox has what it calls so.
  const sandboxObject = connector.definition.sandbox?.objects[name] ?? (connector.objects.has(name) ? null : name);
  if (sandboxObject === null) return { ...untried, diagnostics: [] };
  if (trial === null) return { ...untried, diagnostics: [trialMissing(subject)] };
  const endCycle = progress(`Testing ${subject}: cycle`);
  const cycle = await told(subject, () => cycleAtSandbox(object, trial, subject, test)).finally(endCycle);
  if (cycle.length > 0) return { object: name, cycle: 'failed', laws: null, diagnostics: cycle };
  if (runs === 0) return { object: name, cycle: 'ok', laws: null, diagnostics: [] };
  const endLaws = progress(`Testing ${subject}: laws`);
  let broken: BrokenLaw | null = null;
  const diagnostics = await told(subject, async () => {
    broken = await runLaws({ ...test, object, trial, sandboxObject }, { seed, runs });
    return broken === null ? [] : [lawBroken(subject, broken, test)];
  }).finally(endLaws);
  return { object: name, cycle: 'ok', laws: { seed, runs, broken }, diagnostics };
}

/** What the vendor refuses is told like what is wrong. */
async function told(subject: string, run: () => Promise<readonly Diagnostic[]>): Promise<readonly Diagnostic[]> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [caseFailed(subject, error)];
  }
}

/** Between a write and the poll after it: longer than most settle times, shorter than any overlap. */
const passMs = 45_000;
const mostPolls = 8;

async function cycleAtSandbox(
  object: ConnectorObject,
  trial: Trial,
  subject: string,
  { connector, place, userAgent, signal }: SandboxTest,
): Promise<readonly Diagnostic[]> {
  const clock = manualClock(Date.now(), () => 0.5);
  const { sandbox, settings, open, accessOf } = await enterSandbox({
    connector,
    place,
    userAgent,
    clock,
    vendorNow: clock.now,
  });
  const client = open(accessOf(0));
  const line = openLine({ connector, object, settings, clock, openClient: () => open(accessOf(0)), signal });
  try {
    const desk = openTrial(object, trial, { client, settings, signal });
    const until = async (isSeen: () => boolean): Promise<void> => {
      for (let polls = 0; polls === 0 || (polls < mostPolls && !isSeen()); polls += 1) {
        clock.advance(passMs);
        await pollAll(line, object);
      }
      clock.advance(passMs);
    };
    const ids = new Set<string>();
    const own = { ...desk, create: async (mark: string) => remember(ids, await desk.create(mark)) };
    const found = await runCycle({ subject, object, desk: own, events: line.events, run: 'cycle', until });
    const other = line.events.find((event) => !ids.has(event.subject));
    return other === undefined ? found : [...found, strange(subject, other.subject)];
  } finally {
    await line.close();
    await client.close();
    await sandbox.close();
  }
}

function remember(ids: Set<string>, id: string): string {
  ids.add(id);
  return id;
}

/** @throws Failure */
export async function pollAll(line: PolledLine, object: ConnectorObject): Promise<void> {
  for (const feed of feedsOf(object)) {
    const { ended } = await line.poll(feed);
    if (ended !== null && ended !== 'crash') throw ended;
  }
}

function strange(subject: string, id: string): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `${subject}: Events came of records that nobody touched: ${id}.`,
  };
}

export function trialMissing(subject: string): Diagnostic {
  return {
    code: 'trial-missing',
    severity: 'warning',
    message: `${subject} is not tried: the connector does not say how a throw-away record of it is made.`,
    help: 'Add "trial" to the object: the requests that create, change and delete one.',
  };
}

function nameless(key: string, example: string): Diagnostic {
  return {
    code: 'trial-missing',
    severity: 'warning',
    message: `${key}: no object by name is tried, for the connector does not say which the sandbox has.`,
    help: `Add one to the objects of "sandbox", such as "${example}".`,
  };
}

function lawBroken(subject: string, { seed, breaches }: BrokenLaw, { connector }: SandboxTest): Diagnostic {
  const object = subject.slice(connector.key.length + 1);
  return {
    code: 'law-broken',
    severity: 'error',
    message: `${subject}: ${breaches.join(' ')}`,
    help: `To play it again: anyhook test ${connector.key} --object ${object} --seed ${seed} --runs 1`,
  };
}
