/**
 * Whose webhooks are registered at a vendor: an instance, for its own account, or the operator's app, for all accounts
 * that are connected through it. What becomes of them from there on is the same.
 */
import { appConnector } from '../connector/app.ts';
import type { Connector } from '../connector/connector.ts';
import type { InboundWay } from '../connector/inbound.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { Instance, Store, StoredApp } from '../store/port.ts';
import { type Apps, appCredentials, withApp } from './apps.ts';
import { type WantedSubscription, type WebhookOwner, wantedSubscriptions } from './subscription-plan.ts';
import { objectsOn, readTakingInstances } from './taking-instances.ts';

export interface Subscriber extends Pick<Instance, 'id' | 'settings' | 'credentials'> {
  readonly kind: WebhookOwner['kind'];
  /** As it has it; undefined when nobody knows it any more. */
  readonly connector: Connector | undefined;
  /** Nothing of it may be registered any more, and its secrets wait to be forgotten. */
  readonly isGone: boolean;
  /** It wants none. */
  readonly isOff: boolean;
  wanted(publicUrl: string): Promise<readonly WantedSubscription[]>;
}

export interface SubscriberOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly apps: Apps;
}

export const appId = (connector: string): string => `app_${connector}`;

/** Webhooks of its accounts belong to the operator's app. */
export const subscribesByApp = ({ inbound }: Connector): boolean =>
  [...inbound.values()].some(({ subscriptions }) => subscriptions?.owner === 'app');

/** null when there is none of this id. */
export async function findSubscriber(id: string, options: SubscriberOptions): Promise<Subscriber | null> {
  const { store } = options;
  const live = await store.getInstance(id);
  const instance = live ?? (await store.getLeavingInstance(id));
  if (instance !== null) return accountSubscriber(instance, live === null, options);
  const app = await store.getApp(id);
  return app === null ? null : appSubscriber(app, options);
}

function accountSubscriber(instance: Instance, isGone: boolean, { connectors, apps }: SubscriberOptions): Subscriber {
  const { id, settings, objects } = instance;
  const connector = connectors.get(instance.connector);
  const watched = () => objectsOn(objects);
  return {
    kind: 'account',
    id,
    connector,
    settings,
    credentials: connector === undefined ? {} : withApp(connector, instance.credentials, apps),
    isGone,
    isOff: isGone || !instance.nativeWebhooks,
    async wanted(publicUrl) {
      return connector === undefined ? [] : wantedSubscriptions({ id, kind: 'account', watched }, connector, publicUrl);
    },
  };
}

function appSubscriber(app: StoredApp, options: SubscriberOptions): Subscriber {
  const { id, settings, isGone } = app;
  const connector = options.connectors.get(app.connector);
  return {
    kind: 'app',
    id,
    connector: connector === undefined ? undefined : (appConnector(connector) ?? undefined),
    settings,
    credentials: { ...(connector !== undefined && appCredentials(connector, options.apps)), ...app.credentials },
    isGone,
    isOff: isGone,
    async wanted(publicUrl) {
      if (connector === undefined) return [];
      const instances = await readTakingInstances(connector, options);
      const watched = (way: InboundWay): readonly string[] => {
        const ofApp = secretsOf(way, appCredentials(connector, options.apps) ?? {});
        const told = instances.filter((instance) => isToldBy(way, instance, ofApp));
        return [...new Set(told.flatMap(({ objects }) => objectsOn(objects)))];
      };
      return wantedSubscriptions({ id, kind: 'app', watched }, connector, publicUrl);
    },
  };
}

/** What the app's webhooks tell reaches the instance: it verifies them by a secret of the app, and its account is known. */
function isToldBy(way: InboundWay, { settings, credentials }: Instance, ofApp: ReturnType<typeof secretsOf>): boolean {
  const isVerified = secretsOf(way, credentials).some((secret) => ofApp.includes(secret));
  return isVerified && way.route !== null && String(settings[way.route] ?? '') !== '';
}
