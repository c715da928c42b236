/** Polls feeds: leases them, keeps the lease while a poll runs, records how it ended. */
import { setMaxListeners } from 'node:events';
import { cursorText } from '../change/cursor-text.ts';
import type { FeedSource, PollPorts } from '../change/feed.ts';
import { pollFeed } from '../change/poll.ts';
import { emptyReport, type PollReport } from '../change/poll-report.ts';
import { learnVendorClock } from '../change/vendor-clock.ts';
import { lostFields } from '../connector/described.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import { linkSignals } from '../http/signals.ts';
import type { PollKey, PollState, Store } from '../store/port.ts';
import type { PollOutcome } from './api.ts';
import type { Log } from './log.ts';
import { endPoll } from './poll-end.ts';
import type { PaceLimits } from './poll-schedule.ts';
import { createWorker, type Worker } from './worker.ts';

/**
 * Renewed while a poll runs. What a node that dies was polling has been polled within 30 s: the lease, the rest of whoever
 * looks for one, and the poll itself.
 */
export const pollLeaseMs = 20_000;

/** What a poll of an instance needs; null when the instance or its connector is gone. */
export interface FeedLine {
  readonly source: FeedSource;
  readonly client: VendorClient;
  readonly pace: PaceLimits;
}

export interface PollerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process in leases. */
  readonly owner: string;
  readonly concurrency: number;
  readonly line: (key: PollKey, signal?: AbortSignal) => Promise<FeedLine | null>;
  /** Says more of what a person can do about a failure. */
  readonly remedy?: (key: PollKey, failure: Failure) => Promise<Failure>;
  /** New events are stored: deliveries may go. */
  readonly onEvents: () => void;
}

/** What it takes to hold a lease. */
export type LeaseOptions = Pick<PollerOptions, 'store' | 'clock' | 'log' | 'owner'>;

export interface Poller extends Worker {
  /**
   * Polls a feed now. null when it does not exist.
   * @throws Failure `lease-lost` while another poll of it is under way.
   */
  pollNow(key: PollKey): Promise<PollOutcome | null>;
  /** Breaks off the polls that were asked for, and waits until they have let go of the store. */
  close(): Promise<void>;
}

interface LeasedPoll {
  readonly state: PollState;
  readonly owner: string;
}

export function createPoller(options: PollerOptions): Poller {
  const { store, clock } = options;
  let leases = 0;
  /** Each with a name of its own: where our clock leaps, or the machine slept, a poll is leased again while it runs here. */
  const nextLease = () => {
    leases += 1;
    return { owner: `${options.owner}.${leases}`, now: clock.now(), leaseMs: pollLeaseMs };
  };
  const worker = createWorker<LeasedPoll>({
    clock,
    concurrency: options.concurrency,
    async lease(limit) {
      const lease = nextLease();
      const states = await store.leasePolls({ ...lease, limit });
      return states.map((state) => ({ state, owner: lease.owner }));
    },
    work: async ({ state, owner }, signal) => {
      await pollLeased(state, { ...options, owner }, signal);
    },
    nextDueAt: () => store.nextDueAt('polls'),
    onBug: (error) => options.log.error({ err: error }, 'poll worker'),
  });
  const closing = new AbortController();
  // Each poll listens to it while it runs.
  setMaxListeners(0, closing.signal);
  const asked = new Set<Promise<PollOutcome>>();
  return {
    ...worker,
    async close() {
      closing.abort();
      await Promise.allSettled(asked);
    },
    async pollNow(key) {
      if (closing.signal.aborted) throw new Failure('lease-lost', 'The runtime is stopping.', { retryable: true });
      const lease = nextLease();
      const state = await store.leasePoll(key, lease);
      if (state !== null) {
        const poll = pollLeased(state, { ...options, owner: lease.owner }, closing.signal);
        asked.add(poll);
        return poll.finally(() => asked.delete(poll));
      }
      if ((await store.getPoll(key)) === null) return null;
      throw new Failure('lease-lost', `A poll of ${key.object} (${key.feed}) is under way.`, {
        retryable: true,
        retryAfterMs: 1_000,
        help: 'Ask again when it has ended.',
      });
    },
  };
}

async function pollLeased(state: PollState, options: PollerOptions, signal: AbortSignal): Promise<PollOutcome> {
  const { log } = options;
  const key: PollKey = { instanceId: state.instanceId, object: state.object, feed: state.feed };
  const report = emptyReport(state.feed, state.cursor);
  const held = holdLease(key, options, signal);
  let limits: PaceLimits | null = null;
  let failure: Failure | null = null;
  try {
    const line = await options.line(key, held.signal);
    if (line === null) throw leaseLost(key);
    limits = line.pace;
    const began = pollPorts(key, state, line, options, held.signal);
    try {
      await pollLine(line, began, state, report, options);
    } catch (error) {
      const again = await lineWithout(line, error, key, options, held.signal);
      if (again === null) throw error;
      const ports = pollPorts(key, { ...state, cursor: began.state.cursor }, again, options, held.signal);
      await pollLine(again, ports, state, report, options);
    }
  } catch (error) {
    const met = asFailure(error, held.signal);
    failure = (await options.remedy?.(key, met)) ?? met;
    // What the account has is not what it told last: it is asked before the next poll.
    if (mayLackFields(failure)) await options.store.expireDescriptions(key.instanceId, key.object);
    if (failure.code === 'internal') log.error({ err: error, ...key }, 'poll');
  } finally {
    held.release();
  }
  // Stopped half-way: the lease ends with this process, and whoever opens the store next goes on at once.
  if (!signal.aborted) {
    if (await endPoll({ key, state, report, failure, limits }, options)) options.onEvents();
    logOutcome(log, key, report, failure);
  }
  return { ...report, cursor: cursorText(report.cursor), failure: failure && shownFailure(failure) };
}

async function pollLine(
  line: FeedLine,
  ports: PollPorts,
  state: PollState,
  report: PollReport,
  { onEvents }: PollerOptions,
): Promise<void> {
  const source = { ...line.source, webhookSinceMs: state.webhookSince };
  await learnVendorClock(source, ports);
  await pollFeed(source, ports, report, onEvents);
}

const mayLackFields = ({ code }: Failure): boolean => code === 'field-missing' || code === 'request-refused';

/**
 * The line of a feed without the fields that its account has lost since they were described; null when it has lost none,
 * so that trying again would be no use. The vendor is asked anew.
 * @throws Failure `field-missing` when the feed cannot do without.
 */
async function lineWithout(
  { source }: FeedLine,
  error: unknown,
  key: PollKey,
  { store, line, onEvents }: PollerOptions,
  signal: AbortSignal,
): Promise<FeedLine | null> {
  if (!(error instanceof Failure) || !mayLackFields(error) || !source.object.isDescribed) return null;
  await store.expireDescriptions(key.instanceId, key.object);
  try {
    const again = await line(key, signal);
    if (again === null || lostFields(source.object, again.source.object).length === 0) return null;
    onEvents();
    return again;
  } catch (met) {
    if (met instanceof Failure && met.code === 'field-missing') throw met;
    return null;
  }
}

/** Renews the lease while a poll runs. The signal aborts when the lease is lost or the worker stops. */
export function holdLease(
  key: PollKey,
  options: LeaseOptions,
  stop: AbortSignal,
): { signal: AbortSignal; release(): void } {
  const { store, clock, owner, log } = options;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    store.renewPoll(key, { owner, now: clock.now(), leaseMs: pollLeaseMs }).then(
      (held) => held || lost.abort(leaseLost(key)),
      (error: unknown) => log.error({ err: error, ...key }, 'lease not renewed'),
    );
  }, pollLeaseMs / 3);
  const { signal, unlink } = linkSignals([stop, lost.signal]);
  return {
    signal,
    release() {
      clearInterval(renewal);
      unlink();
    },
  };
}

export function pollPorts(
  key: PollKey,
  state: PollState,
  line: Pick<FeedLine, 'client'>,
  options: Omit<LeaseOptions, 'log'>,
  signal: AbortSignal,
): PollPorts {
  const { store, clock, owner } = options;
  let { cursor } = state;
  return {
    client: line.client,
    state: {
      get cursor() {
        return cursor;
      },
      startMs: state.startMs,
      ledger: (recordIds) => store.ledger(key, recordIds),
      unseen: (request) => store.unseen(key, request),
      countUnseen: (generation) => store.countUnseen(key, generation),
      checkpoints: (parents) => store.checkpoints(key, parents),
      async commit(commit) {
        const stored = await store.commitPoll({ key, owner, now: clock.now(), ...commit });
        cursor = commit.cursor ?? cursor;
        return stored;
      },
    },
    now: clock.now,
    signal,
  };
}

function asFailure(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof Failure) return error;
  if (signal.aborted && signal.reason instanceof Failure) return signal.reason;
  return new Failure('internal', 'An internal error; the log has more.', { retryable: true, cause: error });
}

function leaseLost(key: PollKey): Failure {
  return new Failure('lease-lost', `The poll of ${key.object} (${key.feed}) was taken over, or its instance is gone.`, {
    retryable: true,
  });
}

function shownFailure(failure: Failure): PollOutcome['failure'] {
  const { code, message, retryable, help } = failure;
  return { code, message, retryable, ...(help !== undefined && { help }) };
}

function logOutcome(log: Log, key: PollKey, report: PollReport, failure: Failure | null): void {
  const { created, updated, deleted, notices } = report;
  const { code, detail, help, message } = failure ?? {};
  if (failure !== null) log.warn({ ...key, code, detail, help }, `poll failed: ${message}`);
  else if (created + updated + deleted > 0) log.info({ ...key, created, updated, deleted }, 'poll found changes');
  else log.debug({ ...key, records: report.records }, 'poll found nothing new');
  if (Object.keys(notices).length > 0) log.warn({ ...key, notices }, 'poll noticed');
}
