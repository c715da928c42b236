/** Plays a script: people write at the sandbox, the connector's feeds are polled, and both are kept to be judged. */
import type { ConnectorObject } from '../connector/connector.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { VendorClient } from '../http/client.ts';
import { seededRandom } from '../sandbox/random.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Feed } from '../store/port.ts';
import { feedsOf, quietPoll } from './draw.ts';
import { enterSandbox } from './enter-sandbox.ts';
import { Journal } from './journal.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { openLine, type PolledLine } from './polled-line.ts';
import { calm, controlSandbox, type SandboxControl } from './sandbox-control.ts';
import type { Poll, Script, Step } from './script.ts';
import type { Stage } from './stage.ts';
import { tellStep } from './tell.ts';
import { openTrial } from './trial.ts';
import { Writer } from './writer.ts';

/** A poll as it went; times on the vendor's clock. */
export interface PollDone {
  readonly feed: Feed;
  readonly beganMs: number;
  readonly endedMs: number;
  /** How far the vendor's clock was known to us when it began. */
  readonly knownMs: number;
  /** Code of the failure that it ended with, `crash`, or null when it went to its end. */
  readonly failure: string | null;
  /** Nothing was done to it: it had to go to its end. */
  readonly isCalm: boolean;
}

export interface Played {
  readonly journal: Journal;
  readonly events: readonly AnyhookEvent[];
  readonly polls: readonly PollDone[];
  /** When the instance began, on the vendor's clock. */
  readonly beganMs: number;
  readonly skewMs: number;
  /** What was done, line by line. */
  readonly log: readonly string[];
}

const dayMs = 86_400_000;

/** @throws Failure when the sandbox refuses a write: then the trial of the connector is wrong. */
export async function play(stage: Stage, { setting, steps }: Script): Promise<Played> {
  const { connector, object, trial, place, signal } = stage;
  const clock = manualClock(setting.startMs, seededRandom(setting.startMs % 1_000_003));
  const vendorNow = (): number => clock.now() + setting.skewMs;
  const entered = await enterSandbox({ connector, place, userAgent: stage.userAgent, clock, vendorNow });
  const { sandbox, settings } = entered;
  const own = entered.accessOf(setting.way);
  const openClient = (): VendorClient => entered.open(own);
  const people = await entered.openForPeople();
  const control = controlSandbox(sandbox.origin, signal);
  const journal = new Journal();
  const desk = openTrial(object, trial, { client: people, settings, signal });
  const writer = new Writer({ desk, control, journal, vendorNow, sandbox, stage });
  let line: PolledLine | null = null;
  try {
    for (let count = 0; count < setting.before; count += 1) {
      clock.advance(2_000);
      await writer.write({ do: 'create', pick: 0, late: 0 });
    }
    // What was there before is older than whatever a first window looks back.
    clock.advance(dayMs / 2);
    const { pageSize, resultCap } = setting;
    await control.disturb({ pageSize, resultCap, seed: setting.startMs % 1_000_003 });
    line = openLine({ connector, object, settings, clock, openClient, signal, resultCap });
    const expires = own.auth.kind === 'token';
    const show = { expires, line, writer, control, clock, vendorNow, polls: [] as PollDone[], log: [] as string[] };
    const beganMs = vendorNow();
    for (const step of [...steps, ...ending(object, sandbox)]) await takeStep(step, show);
    const { polls, log } = show;
    return { journal, events: line.events, polls, beganMs, skewMs: setting.skewMs, log };
  } finally {
    await line?.close();
    await people.close();
    await sandbox.close();
  }
}

/** At last the vendor is well: all that there is can be polled, and an enumeration may believe that a record is gone. */
function ending(object: ConnectorObject, { habits }: Sandbox): readonly Step[] {
  const rounds = 4;
  const ms = 400_000 + habits.commitLagMs + habits.indexLagMs;
  return Array.from({ length: rounds }, (): readonly Step[] => [
    { do: 'wait', ms },
    ...feedsOf(object).map(quietPoll),
  ]).flat();
}

interface Show {
  /** Whether access tokens are given out for a time. */
  readonly expires: boolean;
  readonly line: PolledLine;
  readonly writer: Writer;
  readonly control: SandboxControl;
  readonly clock: ManualClock;
  readonly vendorNow: () => number;
  readonly polls: PollDone[];
  readonly log: string[];
}

async function takeStep(step: Step, show: Show): Promise<void> {
  const { clock, log, writer } = show;
  if (step.do === 'wait') {
    clock.advance(step.ms);
    log.push(tellStep(step));
  } else if (step.do === 'poll') await takePoll(step, show);
  else log.push(`${stamp(show)} ${await writer.write(step)}`);
}

async function takePoll(step: Poll, show: Show): Promise<void> {
  const { line, control, vendorNow, polls, log, clock, writer, expires } = show;
  const left = [...step.during];
  const told: string[] = [];
  const beganMs = vendorNow();
  const began = stamp(show);
  const afterAnswer = async (count: number): Promise<void> => {
    for (const { after, step: meanwhile } of left.filter((one) => one.after === count)) {
      if (meanwhile.do === 'wait') clock.advance(meanwhile.ms);
      else if (meanwhile.do === 'expire-tokens' && !expires) continue;
      else if (meanwhile.do === 'expire-tokens') await control.disturb({ expireTokens: true });
      const what =
        meanwhile.do === 'wait' || meanwhile.do === 'expire-tokens'
          ? tellStep(meanwhile)
          : await control.undisturbed(() => writer.write(meanwhile));
      told.push(`after answer ${after}: ${what}`);
    }
  };
  if (step.trouble !== null) await control.disturb(step.trouble);
  const eventsBefore = line.events.length;
  const { ended, knownMs } = await line.poll(step.feed, step.crash, afterAnswer);
  if (step.trouble !== null) await control.disturb(calm);
  const failure = ended === null ? null : ended === 'crash' ? 'crash' : ended.code;
  const isCalm = step.trouble === null && step.crash === null && step.during.length === 0;
  polls.push({ feed: step.feed, beganMs, endedMs: vendorNow(), knownMs, failure, isCalm });
  const news = line.events.slice(eventsBefore).map(({ subject, data }) => `${data.change} ${subject}`);
  const parts = [
    tellStep(step),
    ...told,
    failure === null ? '' : `ended with ${failure}`,
    ...news.map((one) => `→ ${one}`),
  ];
  log.push(`${began} ${parts.filter((part) => part !== '').join('; ')}`);
  if (ended !== null && ended !== 'crash') clock.advance(ended.retryAfterMs ?? 0);
}

function stamp({ vendorNow }: Show): string {
  return new Date(vendorNow()).toISOString();
}
