/**
 * The cycle at a real account of the vendor: a throw-away record for each object, created, changed, deleted, and seen to
 * come out as events. What was created is removed again, however it ends.
 */
import type { Connector, ConnectorObject, Trial } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import { caseFailed } from './case-failed.ts';
import { runCycle } from './cycle.ts';
import { feedsOf } from './draw.ts';
import { tellRemoval } from './plan.ts';
import { openLine, type PolledLine } from './polled-line.ts';
import { openTrial, type TrialDesk } from './trial.ts';

export interface LiveTest {
  readonly connector: Connector;
  readonly settings: Settings;
  /** The one line to the account: two would renew its token against each other. */
  readonly client: VendorClient;
  readonly clock: Clock;
  /** Ends the waiting; a write that is under way is seen through, and what was created is removed. */
  readonly signal: AbortSignal;
  /** Tells the marks of this run from those of others. */
  readonly run: string;
  readonly progress: (label: string) => () => void;
  /** Told the id of each record as soon as it is there. */
  readonly onCreated?: (id: string) => void;
  /** Keeps what would remain, should the process end now. Answers what takes it back, when nothing does any more. */
  readonly keep?: (remaining: () => readonly Diagnostic[]) => () => void;
}

export interface LiveTested {
  readonly object: string;
  readonly cycle: 'ok' | 'failed' | 'interrupted';
  /** Records that were created and could not be removed. */
  readonly left: readonly string[];
  /** The vendor deletes none: what was removed is out of use, and still there. */
  readonly isNeverDeleted: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Between polls. */
const pauseMs = 3_000;
/** What fails more often in one step is given up. */
const mostRefusals = 5;
/** Longer nobody waits for a record to be removed. */
const longestClearMs = 60_000;

export async function testLive(object: ConnectorObject, trial: Trial, test: LiveTest): Promise<LiveTested> {
  const { connector, settings, client, clock, signal, run, progress } = test;
  const subject = `${connector.key} ${object.name}`;
  const writing = new AbortController().signal;
  const cabinet = new Cabinet(openTrial(object, trial, { client, settings, signal: writing }), clock, test.onCreated);
  const remaining = (words: RemainingWords) =>
    remainingOf(subject, cabinet, words, (id) => tellRemoval(trial, settings, id));
  const forget = test.keep?.(() => remaining(brokenOff));
  const line = openLine({ connector, object, settings, clock, openClient: () => client, signal });
  const patienceMs = patienceOf(object);
  let done = (): void => {};
  const onStep = (words: string): void => {
    signal.throwIfAborted();
    done();
    done = progress(`${subject}: ${words}, and waiting for its event`);
  };
  const until = (isSeen: () => boolean): Promise<void> =>
    pollUntil(isSeen, line, object, { clock, signal, patienceMs });
  let diagnostics: readonly Diagnostic[] = [];
  let cycle: LiveTested['cycle'] = 'ok';
  try {
    diagnostics = await runCycle({ subject, object, desk: cabinet, events: line.events, run, until, onStep });
    if (diagnostics.length > 0) cycle = 'failed';
  } catch (error) {
    if (!signal.aborted && !(error instanceof Failure)) throw error;
    cycle = signal.aborted ? 'interrupted' : 'failed';
    if (!signal.aborted) diagnostics = [caseFailed(subject, error as Failure)];
  } finally {
    done();
    await cabinet.clear();
  }
  // Not after a bug: what remains then is told as the process ends.
  forget?.();
  return {
    object: object.name,
    cycle,
    left: cabinet.left,
    isNeverDeleted: object.isNeverDeleted,
    diagnostics: [...diagnostics, ...remaining(notRemoved)],
  };
}

/** The records that were created and are still there. */
class Cabinet implements TrialDesk {
  readonly #desk: TrialDesk;
  readonly #there = new Set<string>();
  /** The mark of a create of which nobody knows whether it was done. */
  uncertain: string | null = null;
  readonly merge: TrialDesk['merge'];

  constructor(
    desk: TrialDesk,
    private readonly clock: Clock,
    private readonly onCreated: (id: string) => void = () => {},
  ) {
    this.#desk = desk;
    this.merge = desk.merge;
  }

  get left(): readonly string[] {
    return [...this.#there];
  }

  async create(mark: string): Promise<string> {
    this.uncertain = mark;
    try {
      const id = await this.#desk.create(mark);
      this.#there.add(id);
      this.uncertain = null;
      this.onCreated(id);
      return id;
    } catch (error) {
      if (error instanceof Failure && didNothing(error)) this.uncertain = null;
      throw error;
    }
  }

  update(id: string, mark: string): Promise<void> {
    return this.#desk.update(id, mark);
  }

  async remove(id: string): Promise<void> {
    await this.#desk.remove(id);
    this.#there.delete(id);
  }

  isThere(id: string): Promise<boolean | null> {
    return this.#desk.isThere(id);
  }

  /** Removes what is still there; what cannot be removed stays in `left`. */
  async clear(): Promise<void> {
    for (const id of this.left) {
      for (let tries = 1; this.#there.has(id) && tries <= mostRefusals; tries += 1) await this.#clearOne(id);
    }
  }

  /** A request to a wrong address finds nothing either. */
  async #isGone(id: string): Promise<boolean> {
    try {
      return (await this.#desk.isThere(id)) === false;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return false;
    }
  }

  async #clearOne(id: string): Promise<void> {
    try {
      await this.remove(id);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'not-found' && (await this.#isGone(id))) this.#there.delete(id);
      const waitMs = Math.min(longestClearMs, Math.max(pauseMs, error.retryAfterMs ?? 0));
      if (this.#there.has(id) && error.retryable) await this.clock.sleep(waitMs, new AbortController().signal);
    }
  }
}

/** The vendor has answered that it did nothing. Part of an answer may be denied though the record was created. */
function didNothing({ code, detail }: Failure): boolean {
  const isPartial = code === 'scope-missing' && Number(detail['status']) < 300;
  return surelyNot.includes(code) && !isPartial;
}

const surelyNot: readonly string[] = [
  'request-refused',
  'field-missing',
  'scope-missing',
  'credentials-refused',
  'credentials-expired',
  'not-found',
  'vendor-throttled',
  'account-waiting',
  'address-forbidden',
];

interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
}

/** Polls at least once. What the vendor refuses for a time is waited out. @throws Failure that no waiting helps with. */
async function pollUntil(
  isSeen: () => boolean,
  line: PolledLine,
  object: ConnectorObject,
  { clock, signal, patienceMs }: Waiting,
): Promise<void> {
  let deadlineMs = clock.now() + patienceMs;
  for (let refusals = 0; ; ) {
    const failure = await pollOnce(line, object, signal);
    if (failure === null && (isSeen() || clock.now() >= deadlineMs)) return;
    let waitMs = pauseMs;
    if (failure !== null) {
      refusals += 1;
      if (!failure.retryable || refusals > mostRefusals) throw failure;
      waitMs = Math.max(pauseMs, failure.retryAfterMs ?? 0);
      deadlineMs += waitMs;
    }
    await clock.sleep(waitMs, signal);
  }
}

async function pollOnce(line: PolledLine, object: ConnectorObject, signal: AbortSignal): Promise<Failure | null> {
  for (const feed of feedsOf(object)) {
    signal.throwIfAborted();
    const { ended } = await line.poll(feed);
    signal.throwIfAborted();
    if (ended !== null && ended !== 'crash') return ended;
  }
  return null;
}

/** An enumeration believes only later that a record is gone. */
const graceMs = 400_000;

/** How long an event may take by what the connector itself says of its vendor, and a minute. */
function patienceOf({ changes, deletes }: ConnectorObject): number {
  const longest = [changes, deletes].map((feed) => {
    if (feed === null) return 0;
    if (feed.strategy === 'snapshot') return feed.confirm ? 0 : graceMs;
    if ('growing' in feed) return feed.growing.settleMs;
    return 'cursor' in feed ? 1_000 * (feed.cursor.settleSeconds + feed.cursor.overlapSeconds) : 0;
  });
  return 60_000 + Math.max(...longest);
}

type RemainingWords = (id: string) => string;
const notRemoved: RemainingWords = (id) => `The record ${id} could not be removed.`;
const brokenOff: RemainingWords = (id) => `The record ${id} is still there.`;

/** @param removal the request that removes a record. */
function remainingOf(
  subject: string,
  { left, uncertain }: Cabinet,
  words: RemainingWords,
  removal: (id: string) => string,
): readonly Diagnostic[] {
  const tell = (message: string, help: string): Diagnostic => ({
    code: 'trial-left',
    severity: 'error',
    message: `${subject}: ${message}`,
    help,
  });
  return [
    ...left.map((id) => tell(words(id), `Remove it by hand: ${removal(id)}`)),
    ...(uncertain === null
      ? []
      : [
          tell(
            `Nobody knows whether a record was created; if so, it is marked ${uncertain}.`,
            `Look for the mark, and remove it by hand: ${removal('{id}')}`,
          ),
        ]),
  ];
}
