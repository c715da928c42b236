/**
 * Takes due deliveries from the store and sends them. The store gives only the head of each lane, so a record's
 * events go out in order while others go on; and it gives fresh deliveries before retries. Every delivery is leased
 * while it is sent and its outcome is stored after: whatever dies in between, it is sent again, with the same id.
 */
import { Failure } from '../diagnostic/failure.ts';
import type { Delivery, DeliveryOutcome, Store } from '../store/port.ts';
import { breakerRules } from './breaker.ts';
import { type CallbackLimits, createGates, type SendResult } from './gates.ts';
import { deliveryOutcome } from './outcome.ts';
import { callbackRequest } from './request.ts';
import type { CallbackAnswer, Send } from './send.ts';

export type DelivererStore = Pick<
  Store,
  'leaseDeliveries' | 'finishDelivery' | 'releaseDeliveries' | 'listAttempts' | 'nextDueAt' | 'getInstance'
>;

export interface DelivererClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface DelivererOptions {
  readonly store: DelivererStore;
  readonly send: Send;
  readonly clock: DelivererClock;
  readonly log: { readonly info: LogLine; readonly warn: LogLine; readonly error: LogLine };
  /** Holder of the leases: one name for each process. */
  readonly owner: string;
  /** Sends at once, over all callbacks. */
  readonly concurrency?: number;
  readonly limits?: Partial<CallbackLimits>;
  /** Longer than a send can take: what is still leased then is taken for lost, and sent again. */
  readonly leaseMs?: number;
}

export interface Deliverer {
  /** Delivers until the signal aborts, then lets what is under way end, and gives its leases back. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Looks for due deliveries now: call it when events have been stored. With an instance, its breaker closes too: call
   * it so when a callback has been changed or enabled.
   */
  wake(instanceId?: string): void;
  /** Delivers all that is due now and what comes after it in its lanes. Answers how many attempts it made. */
  deliverOnce(): Promise<number>;
  /** Ends `run`: waits this long for what is under way, calls off the rest, and gives all leases back. */
  close(graceMs?: number): Promise<void>;
}

const defaultLimits: CallbackLimits = { concurrency: 8, perSecond: null, breaker: breakerRules };
/** Longer than the 15 s of a send; short enough that what a dead process held goes out again within 30 s. */
export const deliveryLeaseMs = 22_000;
/** Another process may have put something in the store. */
const longestSleepMs = 5_000;
/** Something is due that cannot be taken, and nobody says when it can. */
const recheckMs = 1_000;

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { store, send, clock, log, owner, concurrency = 64, leaseMs = deliveryLeaseMs } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const gates = createGates(limits);
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const callingOff = new AbortController();
  let wakeUp = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let attempts = 0;

  /** Leases what is due and starts to send it. Answers how many deliveries the store had. */
  const startDue = async (): Promise<number> => {
    // The answers that have come meanwhile free their places first, so that one lease fills them all.
    await new Promise(setImmediate);
    const now = clock.now();
    // No more than any one callback takes, so that hardly anything has to be given back.
    const limit = Math.min(concurrency - underWay.size, gates.room(now));
    if (limit <= 0) return 0;
    const leased = await store.leaseDeliveries({ owner, now, leaseMs, limit, except: gates.shut(now) });
    const takes = ({ instanceId }: Delivery): boolean => !stopping.signal.aborted && gates.enter(instanceId, now);
    const [entered, surplus] = partition(leased, takes);
    for (const delivery of entered) start(delivery);
    const unused = surplus.map(({ id }) => id);
    if (unused.length > 0) await store.releaseDeliveries(owner, unused);
    return leased.length;
  };

  const start = (delivery: Delivery): void => {
    const task: Promise<void> = deliver(delivery)
      .catch((error: unknown): SendResult => {
        // Its lease runs out, and it is sent again; the others go on.
        const fields = { err: error, deliveryId: delivery.id };
        if (!callingOff.signal.aborted) log.error(fields, 'a delivery ended in a fault');
        return 'undecided';
      })
      .then((result) => {
        const opened = gates.leave(delivery.instanceId, result, clock.now());
        if (opened) log.warn({ instanceId: delivery.instanceId }, 'the callback keeps failing: its breaker is open');
      })
      .finally(() => {
        underWay.delete(task);
        wakeUp.abort();
      });
    underWay.add(task);
  };

  const deliver = async (delivery: Delivery): Promise<SendResult> => {
    const instance = await store.getInstance(delivery.instanceId);
    const callback = instance?.callbackDisabledAt === null ? instance.callback : null;
    if (callback === null) {
      await store.releaseDeliveries(owner, [delivery.id]);
      return 'undecided';
    }
    const at = clock.now();
    attempts += 1;
    const answer = await attempt(() => send(callbackRequest(delivery.event, callback, at), callingOff.signal));
    const firstAttemptAt = answer.failure === null ? at : await firstAttempt(delivery, at);
    const { random } = clock;
    const made = { delivery, owner, answer, at, firstAttemptAt, now: clock.now(), random };
    const outcome = deliveryOutcome(made);
    report(outcome, delivery, await store.finishDelivery(outcome));
    return answer.failure === null ? 'success' : 'failure';
  };

  /** A bug on the way to the wire counts as an attempt: otherwise its delivery would be tried for ever. */
  const attempt = async (work: () => Promise<CallbackAnswer>): Promise<CallbackAnswer> => {
    try {
      return await work();
    } catch (error) {
      callingOff.signal.throwIfAborted();
      log.error({ err: error }, 'an event could not be sent because of a fault here');
      const failure = new Failure('internal', 'The event could not be made into a request.', { retryable: true });
      return { status: null, durationMs: 0, retryAfterMs: null, failure };
    }
  };

  const firstAttempt = async (delivery: Delivery, at: number): Promise<number> => {
    if (delivery.attempts === 0) return at;
    const made = await store.listAttempts(delivery.event.id);
    return Math.min(at, ...made.filter(({ deliveryId }) => deliveryId === delivery.id).map((one) => one.at));
  };

  const report = (outcome: DeliveryOutcome, { instanceId, event }: Delivery, kept: boolean): void => {
    const fields = { instanceId, eventId: event.id, attempt: outcome.attempt.number, failure: outcome.attempt.failure };
    if (!kept) log.warn(fields, 'the lease was lost while sending: the event may be sent twice');
    else if (outcome.disableCallback) log.warn(fields, 'the callback is gone (410): it is disabled');
    else if (outcome.status === 'dead') log.warn(fields, 'the event could not be delivered: given up');
    else if (outcome.status === 'pending') log.info(fields, 'the callback failed: tried again later');
  };

  const sleepMs = async (): Promise<number> => {
    const dueAt = await store.nextDueAt('deliveries');
    const now = clock.now();
    const dueInMs = dueAt === null ? longestSleepMs : dueAt > now ? dueAt - now : recheckMs;
    const opensAt = gates.opensAt(now);
    return Math.min(longestSleepMs, dueInMs, opensAt === null ? longestSleepMs : opensAt - now);
  };

  const loop = async (signal: AbortSignal): Promise<void> => {
    const stop = (): void => {
      stopping.abort();
      wakeUp.abort();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    while (!stopping.signal.aborted) {
      wakeUp = new AbortController();
      const { signal: woken } = wakeUp;
      try {
        if ((await startDue()) > 0) continue;
        const ms = await sleepMs();
        if (!stopping.signal.aborted) await clock.sleep(ms, woken);
      } catch (error) {
        log.error({ err: error }, 'deliveries cannot be taken from the store');
        await clock.sleep(recheckMs, stopping.signal);
      }
    }
    signal.removeEventListener('abort', stop);
    await Promise.all(underWay);
    await store.releaseDeliveries(owner);
  };

  return {
    run: (signal) => {
      running = loop(signal);
      return running;
    },
    wake: (instanceId) => {
      if (instanceId !== undefined) gates.reset(instanceId);
      wakeUp.abort();
    },
    deliverOnce: async () => {
      const before = attempts;
      for (;;) {
        const leased = await startDue();
        if (underWay.size > 0) await Promise.race(underWay);
        else if (leased === 0) return attempts - before;
      }
    },
    close: async (graceMs = 20_000) => {
      stopping.abort();
      wakeUp.abort();
      const settled = new AbortController();
      const grace = clock.sleep(graceMs, settled.signal).then(() => callingOff.abort());
      await Promise.all([running, ...underWay]);
      settled.abort();
      await grace;
      await store.releaseDeliveries(owner);
    },
  };
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
