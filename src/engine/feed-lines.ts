/**
 * What a poll of an instance needs, kept between polls: its client, its objects as the account has them, and the
 * detections narrowed by the instance's own where, compiled once.
 */
import { appConnector } from '../connector/app.ts';
import type { Connector, ConnectorObject, Detection } from '../connector/connector.ts';
import { withObjects } from '../connector/described.ts';
import { narrowDetection } from '../connector/narrow.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Instance, ObjectSettings, PollKey } from '../store/port.ts';
import { createAccountObjects } from './account-objects.ts';
import { withHostRemedy } from './host-remedy.ts';
import { createInstanceClients, type InstanceClientOptions, type InstanceClients } from './instance-clients.ts';
import { paceLimits } from './poll-schedule.ts';
import type { FeedLine } from './poller.ts';
import { createToldSettings } from './told-settings.ts';

export interface FeedLineOptions extends InstanceClientOptions {
  readonly connectors: ReadonlyMap<string, Connector>;
}

export interface FeedLines {
  /**
   * The line of a feed; null when the instance or the object is gone.
   * @throws Failure when the instance no longer fits its connector.
   */
  line(key: PollKey, signal?: AbortSignal): Promise<FeedLine | null>;
  /** A failure with what the instance's settings have to do with it. */
  remedy(key: PollKey, failure: Failure): Promise<Failure>;
  /** An object as an instance has it, whether it is on or not. @throws Failure as `line`. */
  object(connector: Connector, instance: Instance, name: string): Promise<ConnectorObject | null>;
  /**
   * The line of an instance or an app, also of one that is gone and has webhooks registered at its vendor.
   * @throws Failure when there is none, or it no longer fits its connector.
   */
  client(id: string): Promise<VendorClient>;
  readonly clients: InstanceClients;
  /** Drops what is kept of an instance that is gone. */
  forget(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

interface NarrowedFeed extends Pick<ObjectSettings, 'where' | 'scope'> {
  readonly object: ConnectorObject;
  readonly detection: Detection;
}

export function createFeedLines(options: FeedLineOptions): FeedLines {
  const { store } = options;
  const clients = createInstanceClients(options);
  const objects = createAccountObjects(options);
  const told = createToldSettings(options.clock);
  /** By feed: one where each, so that wheres that are changed often do not pile up. */
  const detections = new Map<string, NarrowedFeed>();

  const detectionOf = (
    connector: Connector,
    object: ConnectorObject,
    { instanceId, feed }: PollKey,
    { where, scope }: ObjectSettings,
  ): Detection | null => {
    if (where === null) return object[feed];
    const name = feedName(instanceId, object.name, feed);
    const known = detections.get(name);
    if (known?.where === where && known.scope === scope && known.object === object) return known.detection;
    const own = withObjects(connector, [object]);
    const { detection, diagnostics } = narrowDetection(own, object.name, feed, where, scope);
    if (detection === null && diagnostics.length > 0) throw misfit(diagnostics);
    if (detection !== null) detections.set(name, { where, scope, object, detection });
    return detection;
  };

  return {
    async line(key, signal) {
      const instance = await store.getInstance(key.instanceId);
      const connector = instance === null ? undefined : options.connectors.get(instance.connector);
      const settings = instance?.objects[key.object];
      if (instance === null || !connector || !settings?.enabled) return null;
      const client = () => clients.of(connector, instance);
      const object = await objects.object(connector, instance, key.object, client, signal);
      const detection = object && detectionOf(connector, object, key, settings);
      if (object === null || detection === null) return null;
      return {
        source: {
          connector,
          object,
          feed: key.feed,
          detection,
          instance: { id: instance.id, name: instance.name, tags: instance.tags },
          settings: await told.of(connector, instance, key.object, client, signal),
          track: settings.scope === 'track' && settings.where !== null,
          keepRecords: settings.keepRecords,
          allowDeletes: settings.allowDeletes,
        },
        client: await client(),
        pace: paceLimits(detection, settings.intervalSeconds),
      };
    },
    async remedy({ instanceId }, failure) {
      const instance = await store.getInstance(instanceId);
      const connector = instance === null ? undefined : options.connectors.get(instance.connector);
      if (instance === null || connector === undefined) return failure;
      return withHostRemedy(failure, instance.settings, connector.definition);
    },
    object: (connector, instance, name) =>
      objects.object(connector, instance, name, () => clients.of(connector, instance)),
    async client(id) {
      const instance = await clients.find(id);
      const app = instance === null ? await store.getApp(id) : null;
      const owner = instance ?? app;
      const connector = owner === null ? undefined : options.connectors.get(owner.connector);
      const own = app === null || connector === undefined ? connector : appConnector(connector);
      if (owner === null || !own) throw new Failure('lease-lost', `${id} is gone.`, { retryable: false });
      return clients.of(own, owner);
    },
    clients,
    async forget(instanceId) {
      for (const name of detections.keys()) if (name.startsWith(feedName(instanceId))) detections.delete(name);
      objects.forget(instanceId);
      told.forget(instanceId);
      await clients.forget(instanceId);
    },
    close: () => clients.close(),
  };
}

function misfit([first]: readonly Diagnostic[]): Failure {
  // What the where was checked with when it was given is not what the account has now.
  const isGone = first?.code === 'where-unknown-field';
  const code = isGone ? 'field-missing' : 'request-refused';
  const remedy = isGone
    ? 'Let the user of this connection read the field again, or take it out of the where of the object.'
    : 'Change the where of the object.';
  return new Failure(code, first?.message ?? 'The where does not fit the object.', {
    retryable: false,
    help: `${first?.help === undefined ? '' : `${first.help} `}${remedy}`,
  });
}

/** Without an object, what the names of all feeds of an instance begin with. */
const feedName = (instanceId: string, ...feed: readonly string[]): string => [instanceId, ...feed].join('\n');
