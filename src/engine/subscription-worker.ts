/** Keeps the vendors' own webhooks registered: looks at each instance when it was changed and when something is due. */
import type { Connector } from '../connector/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Instance } from '../store/port.ts';
import { type Apps, withApp } from './apps.ts';
import type { LeaseOptions } from './poller.ts';
import { wantedSubscriptions } from './subscription-plan.ts';
import { leaseLost } from './subscription-steps.ts';
import { syncSubscriptions } from './subscription-sync.ts';
import { createSubscriptionVendor } from './subscription-vendor.ts';
import { createWorker, type Worker } from './worker.ts';

export interface SubscriptionWorkerOptions extends LeaseOptions {
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly apps: Apps;
  /** How vendors reach this server; null: nothing is registered. */
  readonly publicUrl: string | null;
  /** The line of an instance to its vendor, also of one that is gone and has something registered. */
  readonly client: (instanceId: string) => Promise<VendorClient>;
  /** Instances at once. */
  readonly concurrency: number;
  /** Credentials of an instance were stored that verify what comes in. */
  readonly onCredentials: () => void;
  /** Nothing of an instance that is gone is left. */
  readonly onGone: (instanceId: string) => Promise<void>;
}

/** Renewed before each step: longer than any one request with its waits. */
const leaseMs = 10 * 60_000;
/** After a bug, or a store that did not answer. */
const troubleMs = 15 * 60_000;
const lostMs = 60_000;

export function createSubscriptionWorker(options: SubscriptionWorkerOptions): Worker {
  const { store, clock, owner, log, connectors } = options;
  const worker = createWorker<string>({
    clock,
    concurrency: options.concurrency,
    lease: (limit) => store.leaseSubscribers({ owner, now: clock.now(), leaseMs, limit }),
    work: (instanceId, signal) => lookAfter(instanceId, options, signal),
    nextDueAt: () => store.nextDueAt('subscriptions'),
    onBug: (error) => log.error({ err: error }, 'subscription worker'),
  });
  const subscribing = [...connectors.values()].filter(({ inbound }) =>
    [...inbound.values()].some(({ subscriptions }) => subscriptions !== null),
  );
  return {
    ...worker,
    async run(signal) {
      // The public URL and the connectors may be other ones than when this ran last.
      await store
        .wakeSubscribers(
          subscribing.map(({ key }) => key),
          clock.now(),
        )
        .catch((error: unknown) => log.error({ err: error }, 'subscription worker'));
      await worker.run(signal);
    },
  };
}

/** Looks after the webhooks of one instance, whose lease the owner holds and gives back here. */
export async function lookAfter(
  instanceId: string,
  options: SubscriptionWorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, owner, log } = options;
  let dueAt: number | null = null;
  try {
    dueAt = await sync(instanceId, options, signal);
  } catch (error) {
    const isLost = error instanceof Failure && error.code === 'lease-lost';
    dueAt = clock.now() + (signal.aborted ? 0 : isLost ? lostMs : troubleMs);
    if (!signal.aborted && !isLost) log.error({ err: error, instanceId }, 'webhooks');
  }
  // Of no effect when it is this lease that was lost, and not that of the credentials.
  await store.finishSubscriber({ instanceId, owner, now: clock.now(), dueAt });
}

async function sync(
  instanceId: string,
  options: SubscriptionWorkerOptions,
  signal: AbortSignal,
): Promise<number | null> {
  const { store, clock, owner, log, publicUrl, connectors } = options;
  const live = await store.getInstance(instanceId);
  const found = live ?? (await store.getLeavingInstance(instanceId));
  const connector = found === null ? undefined : connectors.get(found.connector);
  if (found === null) return null;
  if (connector === undefined) {
    // Nobody knows any more how to ask; of one that stays, the connector may come back.
    if (live === null)
      for (const one of await store.listSubscriptions(instanceId)) await store.removeSubscription(one, owner);
    return null;
  }
  const instance: Instance = { ...found, credentials: withApp(connector, found.credentials, options.apps) };
  const isOff = live === null || !live.nativeWebhooks;
  // Whoever starts once without the URL does not want all registrations gone.
  if (publicUrl === null && !isOff) return null;
  const vendor = createSubscriptionVendor({
    client: () => options.client(instanceId),
    settings: instance.settings,
    now: () => clock.now(),
    signal,
  });
  const keepLease = async (): Promise<void> => {
    if (!(await store.renewSubscriber(instanceId, { owner, now: clock.now(), leaseMs })))
      throw leaseLost({ instanceId });
  };
  const wanted = publicUrl === null || isOff ? [] : wantedSubscriptions(instance, connector, publicUrl);
  const { onCredentials } = options;
  const context = { store, clock, log, owner, instance, vendor, onCredentials };
  const dueAt = await syncSubscriptions(wanted, { ...context, connector, isGone: live === null, keepLease, signal });
  if (live === null && dueAt === null) await options.onGone(instanceId);
  return dueAt;
}
