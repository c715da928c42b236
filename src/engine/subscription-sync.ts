/** Brings what is registered at a vendor for one instance, or one app, to what it wants. */
import type { Connector } from '../connector/connector.ts';
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import type { Subscription } from '../store/port.ts';
import { isSame, isSole, rulesOf, unregistered, type WantedSubscription } from './subscription-plan.ts';
import { dueAfterRefusal, longestLeaveMs } from './subscription-schedule.ts';
import {
  check,
  isEnding,
  isOfOtherKey,
  leaseLost,
  register,
  renew,
  replace,
  type StepContext,
  save,
  unregister,
} from './subscription-steps.ts';
import { requireVerifiable } from './verifiable.ts';

export interface SyncOptions extends StepContext {
  readonly connector: Connector;
  /** Nothing of it may be registered any more, and its secrets wait to be forgotten. */
  readonly isGone: boolean;
  /** @throws Failure `lease-lost`. */
  readonly keepLease: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** What would meet each other request too. */
const meetsAll: ReadonlySet<FailureCode> = new Set([
  'credentials-refused',
  'credentials-expired',
  'vendor-unreachable',
  'vendor-unavailable',
  'vendor-throttled',
  'account-waiting',
  'address-forbidden',
]);

/**
 * What the vendor refuses is stored with when it is tried again, and keeps no other back.
 * @returns when there is more to do, epoch milliseconds; null for never.
 * @throws Failure `lease-lost`, or of the store.
 */
export async function syncSubscriptions(
  wanted: readonly WantedSubscription[],
  options: SyncOptions,
): Promise<number | null> {
  const { store, clock, subscriber } = options;
  const stored = await store.listSubscriptions(subscriber.id);
  const attempt = attempts(options);
  const keepAll = async (wants: readonly WantedSubscription[]): Promise<void> => {
    for (const want of wants) {
      const known = stored.find((one) => isSame(one, want)) ?? unregistered(want);
      await keepOne(want, known, attempt, options);
    }
  };
  // Where there is one only, the new one replaces the old, so that nothing is lost between them.
  await keepAll(wanted.filter(({ rules }) => isSole(rules)));
  // What says where all are sent to stands first, and goes last.
  for (const one of stored.toReversed()) {
    if (!wanted.some((want) => isSame(one, want))) await removeOne(one, attempt, options);
  }
  await keepAll(wanted.filter(({ rules }) => !isSole(rules)));
  const left = await store.listSubscriptions(subscriber.id);
  const times = left.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  return times.length === 0 ? null : Math.max(Math.min(...times), clock.now());
}

type Attempt = (one: Subscription, step: () => Promise<void>) => Promise<void>;

async function removeOne(one: Subscription, attempt: Attempt, options: SyncOptions): Promise<void> {
  const { clock, connector, store, owner } = options;
  const now = clock.now();
  if (one.leavingSince !== null && one.dueAt !== null && one.dueAt > now) return;
  const leaving = { ...one, leavingSince: one.leavingSince ?? now };
  const rules = rulesOf(connector, one);
  await attempt(leaving, async () => {
    await unregister(leaving, rules, options);
    if (!(await store.removeSubscription(one, owner))) throw leaseLost(one);
  });
}

async function keepOne(
  want: WantedSubscription,
  one: Subscription,
  attempt: Attempt,
  options: SyncOptions,
): Promise<void> {
  const { clock, connector, subscriber } = options;
  const { rules } = want;
  const now = clock.now();
  const way = connector.inbound.get(want.way);
  if (way === undefined) return;
  const ways = { way, rules };
  const isKnown = one.since !== null && one.leavingSince === null;
  const isStale = isKnown && one.lastFailure === null && isOfOtherKey(one, ways, subscriber.credentials);
  const isDue = one.dueAt !== null && one.dueAt <= now;
  if ((isKnown || one.lastFailure !== null) && !isDue && !isStale) return;
  const wanted = { ...one, leavingSince: null };
  await attempt(wanted, async () => {
    requireVerifiable(way, subscriber.credentials);
    if (!isKnown) await register(wanted, ways, options);
    else if (isOfOtherKey(one, ways, subscriber.credentials)) await replace(wanted, ways, options);
    else if (isEnding(wanted, rules, now)) await renew(wanted, ways, options);
    else await check(wanted, ways, options);
  });
}

/** Runs steps. What fails is written down; after what would meet all others no other is sent. */
function attempts(options: SyncOptions): Attempt {
  let stopped: Failure | null = null;
  return async (one, step) => {
    try {
      if (stopped !== null) throw stopped;
      await options.keepLease();
      await step();
    } catch (error) {
      if (!(error instanceof Failure) || !isOfVendor(error) || options.signal.aborted) throw error;
      if (meetsAll.has(error.code)) stopped = error;
      await putOff(one, error, options);
    }
  };
}

const isOfVendor = ({ code }: Failure): boolean => code !== 'lease-lost' && !code.startsWith('store-');

async function putOff(one: Subscription, failure: Failure, options: SyncOptions): Promise<void> {
  const { store, clock, log, owner, isGone } = options;
  const { instanceId, way, topic, leavingSince, failures } = one;
  const now = clock.now();
  const { code, message, help = null } = failure;
  const about = { instanceId, way, topic, code, detail: failure.detail };
  const isTooLong = leavingSince !== null && now - leavingSince >= longestLeaveMs;
  if (isTooLong || (isGone && !failure.retryable)) {
    log.warn(about, `a webhook is left at the vendor: ${message}`);
    if (!(await store.removeSubscription(one, owner))) throw leaseLost(one);
    return;
  }
  log.warn(about, `webhook not ${leavingSince === null ? 'registered' : 'removed'}: ${message}`);
  // A step may have stored more of it before it failed.
  const stored = (await store.listSubscriptions(instanceId)).find((other) => isSame(other, one));
  await save(
    {
      ...(stored ?? one),
      leavingSince,
      failures: failures + 1,
      lastFailure: { code, message, help, at: now },
      // Only a change of the instance or the app can cure it, and then it is looked at anyway.
      dueAt: code === 'webhook-unverifiable' ? null : dueAfterRefusal(failure, failures, now, clock.random),
    },
    options,
  );
}
