/** Keeps the vendors' own webhooks registered: looks at each instance and app when it was changed and when something is due. */
import { completeSettings } from '../connector/instance.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import { keepApps } from './app-account.ts';
import type { LeaseOptions } from './poller.ts';
import { appId, findSubscriber, type SubscriberOptions, subscribesByApp } from './subscribers.ts';
import { leaseLost } from './subscription-steps.ts';
import { syncSubscriptions } from './subscription-sync.ts';
import { createSubscriptionVendor } from './subscription-vendor.ts';
import { createWorker, type Worker } from './worker.ts';

export interface SubscriptionWorkerOptions extends LeaseOptions, SubscriberOptions {
  /** How vendors reach this server; null: nothing is registered. */
  readonly publicUrl: string | null;
  /** The line of an instance or an app to its vendor, also of one that is gone and has something registered. */
  readonly client: (instanceId: string) => Promise<VendorClient>;
  /** Instances and apps at once. */
  readonly concurrency: number;
  /** Credentials of an instance were stored that verify what comes in. */
  readonly onCredentials: () => void;
  /** Nothing of an instance or an app that is gone is left. */
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
    [...inbound.values()].some(({ subscriptions }) => subscriptions?.owner === 'account'),
  );
  const begin = async (): Promise<void> => {
    await keepApps({ ...options, now: clock.now() });
    await store.wakeSubscribers(
      subscribing.map(({ key }) => key),
      clock.now(),
    );
  };
  return {
    ...worker,
    async run(signal) {
      // The public URL, the connectors and the apps may be other ones than when this ran last.
      await begin().catch((error: unknown) => log.error({ err: error }, 'subscription worker'));
      await worker.run(signal);
    },
  };
}

/** Looks after the webhooks of one instance or app, whose lease the owner holds and gives back here. */
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

async function sync(id: string, options: SubscriptionWorkerOptions, signal: AbortSignal): Promise<number | null> {
  const { store, clock, owner, log, publicUrl } = options;
  const subscriber = await findSubscriber(id, options);
  if (subscriber === null) return null;
  const { connector, settings, isGone, isOff } = subscriber;
  if (connector === undefined) {
    // Nobody knows any more how to ask; of one that stays, the connector may come back.
    if (isGone) for (const one of await store.listSubscriptions(id)) await store.removeSubscription(one, owner);
    return null;
  }
  // What the app's webhooks have to watch is what its accounts' instances watch.
  if (subscriber.kind === 'account' && subscribesByApp(connector))
    await store.wakeSubscriber(appId(connector.key), clock.now());
  // Whoever starts once without the URL does not want all registrations gone.
  if (publicUrl === null && !isOff) return null;
  const vendor = createSubscriptionVendor({
    client: () => options.client(id),
    settings: completeSettings(connector.definition, settings),
    now: () => clock.now(),
    signal,
  });
  const keepLease = async (): Promise<void> => {
    if (!(await store.renewSubscriber(id, { owner, now: clock.now(), leaseMs }))) throw leaseLost({ instanceId: id });
  };
  const wanted = publicUrl === null || isOff ? [] : await subscriber.wanted(publicUrl);
  const { onCredentials } = options;
  const random = clock.random();
  const round = { beganAt: clock.now(), random: () => random };
  const context = { store, clock, log, owner, subscriber, vendor, round, onCredentials };
  const dueAt = await syncSubscriptions(wanted, { ...context, connector, isGone, keepLease, signal });
  if (isGone && dueAt === null) await options.onGone(id);
  return dueAt;
}
