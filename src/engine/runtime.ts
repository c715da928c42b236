/** The runtime: instances, polling and delivery wired to one store. */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Connector } from '../connector/connector.ts';
import { createDeliverer } from '../delivery/deliverer.ts';
import { createSender } from '../delivery/send.ts';
import type { AddressRules } from '../http/address-rules.ts';
import { type Clock, systemClock } from '../http/clock.ts';
import type { Resolve } from '../http/guarded-lookup.ts';
import { createKeySets } from '../http/key-sets.ts';
import type { Instance, Store } from '../store/port.ts';
import { createSealer } from '../store/seal.ts';
import type { PollOutcome, Runtime } from './api.ts';
import { findApiKey } from './api-keys.ts';
import { listApps } from './app-views.ts';
import type { AppHosts, Apps } from './apps.ts';
import { authorize, connect } from './connect.ts';
import { createDraftDescriber } from './describe-draft.ts';
import { explainFor } from './explain-for.ts';
import { createFeedLines } from './feed-lines.ts';
import { createIntake } from './inbound-intake.ts';
import { createInboxWorker } from './inbox-worker.ts';
import { createInstance, patchInstance } from './instances.ts';
import type { Log } from './log.ts';
import { createPoller } from './poller.ts';
import { createReadiness } from './readiness.ts';
import { restUntil } from './rest.ts';
import { createRetention } from './retention.ts';
import { appId } from './subscribers.ts';
import { createSubscriptionWorker } from './subscription-worker.ts';
import { instanceView } from './views.ts';

export interface RuntimeOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly addressRules: AddressRules;
  readonly log: Log;
  /** Polls under way at once. */
  readonly pollConcurrency: number;
  /** Deliveries under way at once. */
  readonly deliveryConcurrency: number;
  /** How long events are kept, in milliseconds; 30 days when not given. */
  readonly retainMs?: number;
  /** Names this software to vendors and callbacks. */
  readonly userAgent: string;
  /** The URL by which vendors reach this server, for their webhooks; absent when they cannot. */
  readonly publicUrl?: string | undefined;
  readonly clock?: Clock;
  /** How names of vendors' hosts are resolved, when not by the system. */
  readonly resolve?: Resolve;
  /** How accounts are connected in a browser; absent: they are not. */
  readonly connecting?: {
    /** Seals what passes through the vendor's page. 32 bytes, the same for all processes. */
    readonly secretKey: Buffer;
    /** How this server is reached from outside. */
    readonly publicUrl: string;
    readonly allowRedirects?: readonly string[];
  };
  /** The operator's own apps at vendors. */
  readonly apps?: Apps;
  /** Where their secrets may go besides the vendors' own hosts. */
  readonly appHosts?: AppHosts;
}

const defaultGraceMs = 10_000;
const defaultRetainMs = 30 * 24 * 3_600_000;

/** Wires a runtime. It does nothing until `start`; from then on it owns the store and closes it in `close`. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const {
    store,
    connectors,
    addressRules,
    log,
    clock = systemClock,
    userAgent,
    apps = {},
    appHosts = {},
    connecting,
  } = options;
  const owner = `run_${randomBytes(9).toString('base64url')}`;
  const lines = createFeedLines({ ...options, clock, owner, apps, appHosts });
  const deliverer = createDeliverer({
    store,
    send: createSender({ addressRules, userAgent, now: clock.now }),
    clock: {
      now: () => clock.now(),
      random: () => clock.random(),
      sleep: (ms, signal) => restUntil(clock, ms, signal),
    },
    log,
    owner,
    concurrency: options.deliveryConcurrency,
  });
  const poller = createPoller({
    store,
    clock,
    log,
    owner,
    concurrency: options.pollConcurrency,
    line: lines.line,
    remedy: lines.remedy,
    onEvents: () => deliverer.wake(),
  });
  const retention = createRetention({ store, clock, log, retainMs: options.retainMs ?? defaultRetainMs });
  const inbox = createInboxWorker({
    store,
    clock,
    log,
    owner,
    concurrency: options.pollConcurrency,
    line: lines.line,
    onEvents: () => deliverer.wake(),
    onPollDue: () => poller.wake(),
  });
  const unready = createReadiness({ store, clock, log });
  const publicUrl = options.publicUrl ?? null;
  const registrar = createSubscriptionWorker({
    store,
    clock,
    log,
    owner,
    connectors,
    apps,
    publicUrl,
    client: (instanceId) => lines.client(instanceId),
    concurrency: options.pollConcurrency,
    onCredentials: () => intake.forget(),
    onGone: (instanceId) => lines.forget(instanceId),
  });
  const keySets = createKeySets({ addressRules, userAgent, now: () => clock.now() });
  const intake = createIntake({
    store,
    connectors,
    apps,
    log,
    now: () => clock.now(),
    keySets,
    publicUrl,
    onChanges: () => inbox.wake(),
  });
  const describe = createDraftDescriber(lines.clients, clock);
  const instances = { store, connectors, addressRules, apps, appHosts, describe, now: () => clock.now() };
  const connects = {
    ...instances,
    sealer: connecting === undefined ? null : createSealer(connecting.secretKey),
    publicUrl: connecting?.publicUrl ?? null,
    allowRedirects: connecting?.allowRedirects ?? [],
    userAgent,
  };
  const stopping = new AbortController();
  // Every poll under way listens to it, and leaves it when it ends.
  setMaxListeners(0, stopping.signal);
  let working: Promise<unknown> | null = null;

  const view = async (instance: Instance) =>
    instanceView(instance, await store.listPolls(instance.id), await store.listSubscriptions(instance.id));
  const shown = async (id: string) => {
    const instance = await store.getInstance(id);
    return instance === null ? null : view(instance);
  };

  /** An instance was made or changed. */
  const wake = (): void => {
    poller.wake();
    registrar.wake();
  };

  return {
    connectors,

    async createInstance(input) {
      const outcome = await createInstance(input, instances);
      intake.forget();
      if (outcome.ok) wake();
      return outcome;
    },
    getInstance: shown,
    async listInstances(filter) {
      const found = await store.listInstances(filter);
      return Promise.all(found.map(view));
    },
    async patchInstance(id, patch) {
      const outcome = await patchInstance(id, patch, instances);
      intake.forget();
      if (outcome?.ok === true) {
        wake();
        // A callback that was changed gets its chance at once, whatever the old one did.
        deliverer.wake(patch.callback === undefined ? undefined : id);
      }
      return outcome;
    },
    async deleteInstance(id) {
      const connector = (await store.getInstance(id))?.connector;
      const deleted = await store.deleteInstance(id);
      // Its app may have nothing more to watch.
      if (connector !== undefined) await store.wakeSubscriber(appId(connector), clock.now());
      intake.forget();
      await lines.forget(id);
      retention.wake();
      registrar.wake();
      return deleted;
    },

    listApps: () => listApps({ store, connectors, apps, publicUrl }),
    authorize: (connector, input) => authorize(connector, input, connects),
    async connect(query) {
      const connection = await connect(query, connects);
      intake.forget();
      if (connection.ok) wake();
      return connection;
    },

    async pollNow(id, object) {
      const feeds = (await store.listPolls(id)).filter((poll) => poll.object === object);
      const outcomes: PollOutcome[] = [];
      for (const { feed } of feeds) {
        const outcome = await poller.pollNow({ instanceId: id, object, feed });
        if (outcome !== null) outcomes.push(outcome);
      }
      return outcomes.length === 0 ? null : outcomes;
    },
    receive: (call) => intake.receive(call),
    async listEvents(id, after, limit) {
      if ((await store.getInstance(id)) === null) return null;
      return store.listEvents({ instanceId: id, after, limit });
    },
    oldestSequence: (id) => store.oldestSequence(id),
    async listAttempts(eventId) {
      return (await store.getEvent(eventId)) === null ? null : store.listAttempts(eventId);
    },
    explain: (input) => explainFor(input, { store, connectors, lines, now: () => clock.now() }),

    async authenticate(apiKey) {
      const key = await findApiKey(store, apiKey);
      return key === null ? null : { name: key.name };
    },
    unready: async () => (working === null || stopping.signal.aborted ? 'The workers do not run.' : unready()),

    start() {
      working ??= Promise.all([
        poller.run(stopping.signal),
        inbox.run(stopping.signal),
        registrar.run(stopping.signal),
        deliverer.run(stopping.signal),
        retention.run(stopping.signal),
      ]);
    },
    async close(graceMs = defaultGraceMs) {
      stopping.abort();
      await Promise.all([working, poller.close(), deliverer.close(graceMs)]);
      await lines.close();
      keySets.close();
      await store.close();
    },
  };
}
