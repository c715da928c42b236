/** The operator's apps as their webhooks need them: what the configuration gives, what it lacks, what is stored of it. */
import { appConnector, appParts } from '../connector/app.ts';
import type { Connector } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { StoredApp } from '../store/port.ts';
import { type Apps, appOf } from './apps.ts';
import type { Log } from './log.ts';
import { appId, type SubscriberOptions, subscribesByApp } from './subscribers.ts';

export interface AppAccount {
  /** Those of the configuration, without defaults. */
  readonly settings: StoredApp['settings'];
  /** No more than what asks the vendor. */
  readonly credentials: StoredApp['credentials'];
  /** What keeps webhooks from being registered, when any of it is an error. */
  readonly diagnostics: readonly Diagnostic[];
}

/** null where the operator has no app, or no webhooks belong to it. */
export function appAccount(connector: Connector, apps: Apps): AppAccount | null {
  const given = appOf(connector.key, apps);
  const own = appConnector(connector);
  if (given === undefined || own === null || !subscribesByApp(connector)) return null;
  const { settings, credentials, unknown } = appParts(own, given);
  const { auth, diagnostics } = checkInstance(own, { settings, credentials });
  const needed = Object.entries(credentials).filter(([name]) => auth?.requires.includes(name));
  return {
    settings,
    credentials: Object.fromEntries(needed),
    diagnostics: [
      ...diagnostics,
      ...lackingSecrets(connector, credentials),
      ...unknown.map((name) => unused(name, own)),
    ],
  };
}

export const isComplete = ({ diagnostics }: AppAccount): boolean =>
  diagnostics.every(({ severity }) => severity !== 'error');

export interface KeepAppsOptions extends SubscriberOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly log: Log;
}

/** Stores what the configuration says of apps now; those that it no longer has are left to have their webhooks removed. */
export async function keepApps({ store, connectors, apps, now, log }: KeepAppsOptions): Promise<void> {
  const kept = new Set<string>();
  for (const connector of connectors.values()) {
    const account = appAccount(connector, apps);
    if (account === null) continue;
    if (isComplete(account)) {
      const { settings, credentials } = account;
      const id = appId(connector.key);
      kept.add(id);
      await store.saveApp({ id, connector: connector.key, settings, credentials }, now);
      continue;
    }
    const lacking = account.diagnostics.map(({ message, help }) => [message, help].filter(Boolean).join(' '));
    log.warn({ connector: connector.key, lacking }, 'webhooks of the app are not registered');
  }
  for (const { id, isGone } of await store.listApps()) if (!isGone && !kept.has(id)) await store.removeApp(id);
}

function unused(name: string, { key, definition }: Connector): Diagnostic {
  const known = [...Object.keys(definition.settings), ...Object.keys(definition.credentials)];
  const close = nearestName(name, known);
  return {
    code: 'credentials-missing',
    severity: 'warning',
    message: `An app of ${key} has no use for "${name}".`,
    help: close === null ? `It may have ${known.join(', ')}.` : `Did you mean "${close}"?`,
  };
}

/** What its webhooks are signed with. */
function lackingSecrets({ inbound }: Connector, credentials: StoredApp['credentials']): readonly Diagnostic[] {
  return [...inbound.values()].flatMap(({ auth, subscriptions }): Diagnostic[] => {
    if (subscriptions?.owner !== 'app' || !('key' in auth) || secretsOf({ auth }, credentials).length > 0) return [];
    const { credential } = auth.key;
    const message = `The app lacks ${credential}, and what it is sent could not be verified.`;
    const help = `Add ${credential} to the app in the configuration.`;
    return [{ code: 'credentials-missing', severity: 'error', message, help, pointer: `/credentials/${credential}` }];
  });
}
