/** The operator's apps as they are shown: no secret leaves through here. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { AppView } from './api.ts';
import { appAccount, isComplete } from './app-account.ts';
import { appOf } from './apps.ts';
import { appId, type SubscriberOptions } from './subscribers.ts';
import { webhookView } from './views.ts';

interface ListAppsOptions extends SubscriberOptions {
  readonly publicUrl: string | null;
}

/** Those of the configuration, and those that left it while webhooks of theirs are still registered. */
export async function listApps(options: ListAppsOptions): Promise<readonly AppView[]> {
  const { store, apps } = options;
  const stored = (await store.listApps()).map(({ connector }) => connector);
  const keys = [...new Set([...Object.keys(apps), ...stored])].sort();
  return Promise.all(keys.map((key) => appView(key, options)));
}

async function appView(key: string, { store, connectors, apps, publicUrl }: ListAppsOptions): Promise<AppView> {
  const connector = connectors.get(key);
  const account = connector === undefined ? null : appAccount(connector, apps);
  const problems = account === null ? [] : [...account.diagnostics, ...(publicUrl === null ? [unreachable] : [])];
  return {
    connector: key,
    given: Object.keys(appOf(key, apps) ?? {}).sort(),
    registers: account !== null && isComplete(account) && publicUrl !== null,
    problems: problems.map(({ message, help = null }) => ({ message, help })),
    webhooks: (await store.listSubscriptions(appId(key))).map(webhookView),
  };
}

const unreachable: Pick<Diagnostic, 'message' | 'help'> = {
  message: 'The server does not know how it is reached from outside.',
  help: 'Start it with --public-url.',
};
