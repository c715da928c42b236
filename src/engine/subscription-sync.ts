/** Brings what is registered at a vendor for one instance to what the instance wants. */
import type { Connector } from '../connector/connector.ts';
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import type { Subscription } from '../store/port.ts';
import { isSame, requireVerifiable, unregistered, type WantedSubscription } from './subscription-plan.ts';
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

export interface SyncOptions extends StepContext {
  readonly connector: Connector;
  /** Nothing of it may be registered any more, and its secrets wait to be forgotten. */
  readonly isGone: boolean;
  /** @throws Failure `lease-lost`. */
  readonly keepLease: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** What would meet each other request of the instance too. */
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
  const { store, clock, instance } = options;
  const stored = await store.listSubscriptions(instance.id);
  const attempt = attempts(options);
  for (const one of stored) {
    if (!wanted.some((want) => isSame(one, want))) await removeOne(one, attempt, options);
  }
  for (const want of wanted) {
    await keepOne(want, stored.find((one) => isSame(one, want)) ?? unregistered(want), attempt, options);
  }
  const left = await store.listSubscriptions(instance.id);
  const times = left.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  return times.length === 0 ? null : Math.max(Math.min(...times), clock.now());
}

type Attempt = (one: Subscription, step: () => Promise<void>) => Promise<void>;

async function removeOne(one: Subscription, attempt: Attempt, options: SyncOptions): Promise<void> {
  const { clock, connector, store, owner } = options;
  const now = clock.now();
  if (one.leavingSince !== null && one.dueAt !== null && one.dueAt > now) return;
  const leaving = { ...one, leavingSince: one.leavingSince ?? now };
  const rules = connector.inbound.get(one.way)?.subscriptions ?? null;
  await attempt(leaving, async () => {
    await unregister(leaving, rules, options);
    if (!(await store.removeSubscription(one, owner))) throw leaseLost(one);
  });
}

async function keepOne(
  { rules, way: name }: WantedSubscription,
  one: Subscription,
  attempt: Attempt,
  options: SyncOptions,
): Promise<void> {
  const { clock, connector, instance } = options;
  const now = clock.now();
  const way = connector.inbound.get(name);
  if (way === undefined) return;
  const ways = { way, rules };
  const isKnown = one.since !== null && one.leavingSince === null;
  const isStale = isKnown && one.lastFailure === null && isOfOtherKey(one, ways, instance.credentials);
  const isDue = one.dueAt !== null && one.dueAt <= now;
  if ((isKnown || one.lastFailure !== null) && !isDue && !isStale) return;
  const wanted = { ...one, leavingSince: null };
  await attempt(wanted, async () => {
    requireVerifiable(way, instance.credentials);
    if (!isKnown) await register(wanted, ways, options);
    else if (isOfOtherKey(one, ways, instance.credentials)) await replace(wanted, ways, options);
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
      // Only a change of the instance can cure it, and then it is looked at anyway.
      dueAt: code === 'webhook-unverifiable' ? null : dueAfterRefusal(failure, failures, now, clock.random),
    },
    options,
  );
}
