/** Works through the inbox: what vendors told by webhook becomes events, beside the polls and never against them. */
import { type Ingested, ingest } from '../change/ingest.ts';
import { emptyReport } from '../change/poll-report.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { InboxChange, PollKey, PollState } from '../store/port.ts';
import { dueAfterFailure } from './poll-schedule.ts';
import { type FeedLine, holdLease, type LeaseOptions, pollLeaseMs, pollPorts } from './poller.ts';
import { createWorker, type Worker } from './worker.ts';

export interface InboxWorkerOptions extends LeaseOptions {
  readonly concurrency: number;
  readonly line: (key: PollKey, signal?: AbortSignal) => Promise<FeedLine | null>;
  /** New events are stored: deliveries may go. */
  readonly onEvents: () => void;
  /** A poll is due sooner. */
  readonly onPollDue: () => void;
}

/** Changes of one object of one instance, in the order in which they came. */
interface Told {
  readonly key: PollKey;
  readonly changes: readonly InboxChange[];
}

/**
 * As long as that of a poll, so that what a dead node held is taken over as soon. It need not be renewed: two may come to
 * work on the same change when one of them is slow, but they take turns by the lease of the poll, which is renewed, and
 * the second finds nothing new.
 */
export const inboxLeaseMs = pollLeaseMs;
const mostAtOnce = 100;
/** A poll of the object is under way, or has not begun: its own work is done first. */
const busyMs = 500;
const firstBackoffSeconds = 2;
/** No vendor sends a webhook again after so long, and after it the poll has long repaired what could not be read. */
const longestMs = 3 * 86_400_000;
/** How long a repeat is known as one. */
const memoryMs = 2 * 86_400_000;

type Outcome =
  | { readonly kind: 'done'; readonly needsPoll: boolean; readonly waiting: Ingested['waiting'] }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export function createInboxWorker(options: InboxWorkerOptions): Worker {
  const { store, clock, owner, log } = options;
  return createWorker<Told>({
    clock,
    concurrency: options.concurrency,
    lease: async (limit) => {
      const lease = { owner, now: clock.now(), leaseMs: inboxLeaseMs, limit, each: mostAtOnce };
      return byObject(await store.leaseInbox(lease));
    },
    work: (told, signal) => work(told, options, signal),
    nextDueAt: () => store.nextDueAt('inbox'),
    onBug: (error) => log.error({ err: error }, 'inbox worker'),
  });
}

function byObject(changes: readonly InboxChange[]): readonly Told[] {
  const groups = new Map<string, { readonly key: PollKey; readonly changes: InboxChange[] }>();
  for (const change of changes) {
    const { instanceId, object } = change;
    const name = JSON.stringify([instanceId, object]);
    const group = groups.get(name) ?? { key: { instanceId, object, feed: 'changes' }, changes: [] };
    group.changes.push(change);
    groups.set(name, group);
  }
  return [...groups.values()];
}

async function work(told: Told, options: InboxWorkerOptions, signal: AbortSignal): Promise<void> {
  const { store, clock, owner, log } = options;
  const outcome = await withPolls(told, options, (state) => ingestLeased(told, state, options, signal));
  const now = clock.now();
  const numbers = told.changes.map(({ number }) => number);
  const forgetBefore = now - memoryMs;
  if (outcome.kind === 'busy') {
    const again = numbers.map((number) => ({ number, dueAt: now + busyMs, failed: false }));
    return store.finishInbox({ owner, now, done: [], again, forgetBefore });
  }
  const waiting = new Map(
    outcome.kind === 'done'
      ? outcome.waiting.map(({ change, failure }) => [change, failure])
      : told.changes.map((change) => [change, outcome.failure]),
  );
  const failures = new Set(waiting.values());
  for (const { code, detail, message } of failures)
    log.warn({ ...told.key, code, detail }, `webhook waits: ${message}`);
  const again = [...waiting]
    .filter(([{ receivedAt }]) => now - receivedAt <= longestMs)
    .map(([{ number, attempts }, failure]) => {
      const attempt = { everySeconds: firstBackoffSeconds, failures: attempts, random: clock.random };
      return { number, dueAt: dueAfterFailure(now, failure, attempt), failed: true };
    });
  const isAgain = new Set(again.map(({ number }) => number));
  return store.finishInbox({ owner, now, done: numbers.filter((number) => !isAgain.has(number)), again, forgetBefore });
}

const nothingToDo: Outcome = { kind: 'done', needsPoll: false, waiting: [] };

/** Holds the polls of the object meanwhile, the one of its deletes too when one was told. */
async function withPolls(
  { key, changes }: Told,
  options: InboxWorkerOptions,
  run: (state: PollState) => Promise<Outcome>,
): Promise<Outcome> {
  const { store, clock, owner, onPollDue } = options;
  const lease = { owner, now: clock.now(), leaseMs: pollLeaseMs };
  const state = await store.leasePoll(key, lease);
  // An object that was switched off takes nothing.
  if (state === null) return (await store.getPoll(key)) === null ? nothingToDo : { kind: 'busy' };
  const deletes: PollKey = { ...key, feed: 'deletes' };
  const wantsDeletes = changes.some(({ change }) => change === 'deleted') && (await store.getPoll(deletes)) !== null;
  const ofDeletes = wantsDeletes ? await store.leasePoll(deletes, lease) : null;
  let outcome: Outcome = { kind: 'busy' };
  // Before its first poll the start of an object is no moment on the vendor's clock yet.
  const isEarly = state.cursor === null;
  try {
    if (!isEarly && (ofDeletes !== null) === wantsDeletes) outcome = await run(state);
  } finally {
    const isUnsure = outcome.kind === 'done' && outcome.needsPoll;
    const needsPoll = isEarly || isUnsure;
    // A feed in trouble keeps to its own time.
    const due = ({ failures }: PollState, is: boolean) => (is && failures === 0 ? { dueAt: clock.now() } : {});
    const told = outcome.kind === 'done' && { toldAt: clock.now() };
    await store.releasePoll({ key, owner, ...due(state, needsPoll), ...told });
    // A delete that could not be confirmed is for its poll to tell.
    if (ofDeletes !== null) await store.releasePoll({ key: deletes, owner, ...due(ofDeletes, isUnsure) });
    if (needsPoll) onPollDue();
  }
  return outcome;
}

async function ingestLeased(
  { key, changes }: Told,
  state: PollState,
  options: InboxWorkerOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const report = emptyReport('changes', state.cursor);
  const held = holdLease(key, options, signal);
  try {
    const line = await options.line(key, held.signal);
    if (line === null) return nothingToDo;
    const ports = pollPorts(key, state, line, options, held.signal);
    const { events, needsPoll, waiting } = await ingest(changes, line.source, ports, report);
    if (events.length > 0) options.onEvents();
    const { created, updated, deleted, notices } = report;
    options.log.info({ ...key, changes: changes.length, created, updated, deleted, notices }, 'webhooks taken in');
    return { kind: 'done', needsPoll, waiting };
  } catch (error) {
    if (signal.aborted) return { kind: 'busy' };
    if (error instanceof Failure)
      return error.code === 'lease-lost' ? { kind: 'busy' } : { kind: 'failed', failure: error };
    options.log.error({ err: error, ...key }, 'inbox');
    const failure = new Failure('internal', 'An internal error; the log has more.', { retryable: true, cause: error });
    return { kind: 'failed', failure };
  } finally {
    held.release();
  }
}
