/**
 * What a poll of an instance needs, kept between polls: one authenticated client per instance, so that its feeds
 * share one token, and the detections narrowed by the instance's own where, compiled once.
 */
import type { Connector, Detection } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { narrowDetection } from '../connector/narrow.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { AddressRules } from '../http/address-rules.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient } from '../http/vendor-client.ts';
import type { Instance, ObjectSettings, PollKey, Store } from '../store/port.ts';
import { type Apps, withApp } from './apps.ts';
import { paceLimits } from './poll-schedule.ts';
import type { FeedLine } from './poller.ts';
import { createQuotaBoard } from './quota-board.ts';

export interface FeedLineOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly addressRules: AddressRules;
  readonly clock: Clock;
  /** Names this process to the others. */
  readonly owner: string;
  readonly userAgent: string;
  readonly apps: Apps;
}

export interface FeedLines {
  /**
   * The line of a feed; null when the instance or the object is gone.
   * @throws Failure when the instance no longer fits its connector.
   */
  line(key: PollKey): Promise<FeedLine | null>;
  /**
   * The line of an instance, also of one that is gone and has webhooks registered at its vendor.
   * @throws Failure when there is none, or the instance no longer fits its connector.
   */
  client(instanceId: string): Promise<VendorClient>;
  /** Drops what is kept of an instance that is gone. */
  forget(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

/** A client and what it was made from; another client is made when that changes. */
interface KeptClient {
  readonly client: VendorClient;
  settings: string;
  credentials: string;
}

export function createFeedLines(options: FeedLineOptions): FeedLines {
  const { store, clock } = options;
  const clients = new Map<string, KeptClient>();
  /** By feed: one where each, so that wheres that are changed often do not pile up. */
  const detections = new Map<string, Pick<ObjectSettings, 'where' | 'scope'> & { readonly detection: Detection }>();
  const quotas = createQuotas(clock, createQuotaBoard(options));

  const find = async (id: string): Promise<Instance | null> =>
    (await store.getInstance(id)) ?? (await store.getLeavingInstance(id));

  const makeClient = (connector: Connector, instance: Instance): KeptClient => {
    const credentials = withApp(connector, instance.credentials, options.apps);
    const { settings, auth, diagnostics } = checkInstance(connector, { ...instance, credentials });
    if (auth === null || !isUsable(diagnostics)) {
      throw new Failure('credentials-refused', diagnostics[0]?.message ?? 'The instance does not fit its connector.', {
        retryable: false,
        help: diagnostics[0]?.help ?? 'Change the instance.',
      });
    }
    const kept: KeptClient = {
      settings: JSON.stringify(instance.settings),
      credentials: JSON.stringify(instance.credentials),
      client: createVendorClient({
        auth,
        http: connector.definition.http,
        settings,
        credentials,
        saveCredentials: async (changed) => {
          const before: Instance['credentials'] = JSON.parse(kept.credentials);
          const stored = (await find(instance.id))?.credentials ?? {};
          // What the vendor made of the old ones must not take the place of those that a person has given meanwhile.
          if (Object.keys(changed).some((name) => stored[name] !== before[name])) throw replacedMeanwhile();
          await store.saveCredentials(instance.id, changed, clock.now());
          kept.credentials = JSON.stringify({ ...before, ...changed });
        },
        loadCredentials: async () => {
          const stored = (await find(instance.id))?.credentials ?? null;
          if (stored !== null) kept.credentials = JSON.stringify(stored);
          return stored && withApp(connector, stored, options.apps);
        },
        addressRules: options.addressRules,
        quotas,
        clock,
        userAgent: options.userAgent,
      }),
    };
    return kept;
  };

  const clientOf = async (connector: Connector, instance: Instance): Promise<VendorClient> => {
    const kept = clients.get(instance.id);
    const fits =
      kept?.settings === JSON.stringify(instance.settings) && kept.credentials === JSON.stringify(instance.credentials);
    if (kept !== undefined && fits) return kept.client;
    const made = makeClient(connector, instance);
    clients.set(instance.id, made);
    await kept?.client.close();
    return made.client;
  };

  const detectionOf = (connector: Connector, key: PollKey, { where, scope }: ObjectSettings): Detection | null => {
    const { instanceId, object, feed } = key;
    if (where === null) return connector.objects.get(object)?.[feed] ?? null;
    const name = feedName(instanceId, object, feed);
    const known = detections.get(name);
    if (known?.where === where && known.scope === scope) return known.detection;
    const { detection, diagnostics } = narrowDetection(connector, object, feed, where, scope);
    if (detection === null && diagnostics.length > 0) {
      throw new Failure('request-refused', diagnostics[0]?.message ?? 'The where does not fit the object.', {
        retryable: false,
        help: diagnostics[0]?.help ?? 'Change the where of the object.',
      });
    }
    if (detection !== null) detections.set(name, { where, scope, detection });
    return detection;
  };

  return {
    async line(key) {
      const instance = await store.getInstance(key.instanceId);
      const connector = instance === null ? undefined : options.connectors.get(instance.connector);
      const settings = instance?.objects[key.object];
      const object = connector?.objects.get(key.object);
      if (instance === null || !connector || !object || !settings?.enabled) return null;
      const detection = detectionOf(connector, key, settings);
      if (detection === null) return null;
      return {
        source: {
          connector,
          object,
          feed: key.feed,
          detection,
          instance: { id: instance.id, name: instance.name, tags: instance.tags },
          settings: instance.settings,
          track: settings.scope === 'track' && settings.where !== null,
          keepRecords: settings.keepRecords,
          allowDeletes: settings.allowDeletes,
        },
        client: await clientOf(connector, instance),
        pace: paceLimits(detection, settings.intervalSeconds),
      };
    },
    async client(instanceId) {
      const instance = await find(instanceId);
      const connector = instance === null ? undefined : options.connectors.get(instance.connector);
      if (instance === null || connector === undefined)
        throw new Failure('lease-lost', `The instance ${instanceId} is gone.`, { retryable: false });
      return clientOf(connector, instance);
    },
    async forget(instanceId) {
      const kept = clients.get(instanceId);
      clients.delete(instanceId);
      for (const name of detections.keys()) if (name.startsWith(feedName(instanceId))) detections.delete(name);
      await kept?.client.close();
    },
    async close() {
      await Promise.all([...clients.values()].map(({ client }) => client.close()));
    },
  };
}

/** Without an object, what the names of all feeds of an instance begin with. */
const feedName = (instanceId: string, ...feed: readonly string[]): string => [instanceId, ...feed].join('\n');

function replacedMeanwhile(): Failure {
  return new Failure('credentials-expired', 'The credentials were changed while a poll was using the old ones.', {
    retryable: true,
    help: 'The next poll takes the new ones.',
  });
}
