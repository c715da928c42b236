/** The operator's own app at a vendor: a connector as the app has it, with what it needs beside an instance. Pure. */
import type { AppDefinition, ConnectorDefinition } from '../definition/connector.ts';
import type { Connector } from './connector.ts';
import type { InstanceParts } from './instance.ts';

/** The connector as its app is an instance of; null where the app is nothing more than credentials of instances. */
export function appConnector(connector: Connector): Connector | null {
  const { app } = connector.definition;
  return app === undefined ? null : { ...connector, definition: appDefinition(connector.definition, app) };
}

export function appDefinition(definition: ConnectorDefinition, app: AppDefinition): ConnectorDefinition {
  const { settings, credentials, http } = definition;
  return {
    ...definition,
    settings: { ...settings, ...app.settings },
    credentials: { ...credentials, ...app.credentials },
    auth: [app.auth],
    http: { ...http, errors: [...(app.errors ?? []), ...(http.errors ?? [])] },
  };
}

/** What a configuration gives an app by one map of names, parted as its connector parts them. */
export function appParts(
  { definition }: Connector,
  given: Readonly<Record<string, string>>,
): Required<Pick<InstanceParts, 'settings' | 'credentials'>> & { readonly unknown: readonly string[] } {
  const { settings, credentials } = definition;
  const amongst = (names: object) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(names, name)));
  const unknown = Object.keys(given).filter(
    (name) => !(Object.hasOwn(settings, name) || Object.hasOwn(credentials, name)),
  );
  return { settings: amongst(settings), credentials: amongst(credentials), unknown };
}
