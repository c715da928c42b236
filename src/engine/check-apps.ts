/** What is wrong with the operator's own apps, told as the runtime starts and not when a customer connects. Pure. */
import { appConnector } from '../connector/app.ts';
import type { Connector } from '../connector/connector.ts';
import { pointerTo } from '../connector/findings.ts';
import { unknownConnector } from '../connector/unknown-name.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { type AppHosts, type Apps, type GrantedAuth, grantedAuth, grantedNames, hostsOfApp } from './apps.ts';

type Connectors = ReadonlyMap<string, Connector>;

/** Warnings, with pointers into the configuration: what else runs is not kept from it. */
export function checkApps(connectors: Connectors, apps: Apps, hosts: AppHosts): readonly Diagnostic[] {
  return [
    ...Object.entries(apps).flatMap(([key, app]) => checkApp(connectors, key, app, hosts)),
    ...Object.entries(hosts).flatMap(([key, names]) => checkHosts(connectors, key, names, Object.hasOwn(apps, key))),
  ];
}

function checkApp(
  connectors: Connectors,
  key: string,
  app: Readonly<Record<string, string>>,
  allowed: AppHosts,
): readonly Diagnostic[] {
  const pointer = pointerTo('/apps', key);
  const connector = connectors.get(key);
  if (connector === undefined) return [{ ...unknownConnector(key, connectors), severity: 'warning', pointer }];
  const method = grantedAuth(connector.definition);
  if (method === null) {
    const help = 'Take it out of apps; give the credentials to the instances.';
    return [unusable(`No account of ${key} is connected in a browser, so its app is never used.`, help, pointer)];
  }
  const { credentials, settings } = appConnector(connector)?.definition ?? { ...connector.definition, settings: {} };
  const known = [...Object.keys(credentials), ...Object.keys(settings)];
  const unknown = Object.keys(app).filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => {
      const close = nearestName(name, known);
      const help = close === null ? `Its credentials are ${known.join(', ')}.` : `Did you mean "${close}"?`;
      return unusable(`${key} has no credential "${name}".`, help, pointerTo(pointer, name));
    }),
    ...lackingApp(method, key, app, pointer),
    ...checkReach(connector, method, allowed, pointer),
  ];
}

/** What an app has to have before anybody consents. */
export function lackingApp(
  method: GrantedAuth,
  key: string,
  credentials: Readonly<Record<string, string>>,
  pointer?: string,
): readonly Diagnostic[] {
  const granted = grantedNames(method);
  const lacking = method.requires.filter((name) => !granted.includes(name) && !credentials[name]);
  if (lacking.length === 0) return [];
  const help = `Set apps.${key} in the configuration, or ANYHOOK_APPS.`;
  return [unusable(`The app of ${key} lacks ${lacking.join(' and ')}.`, help, pointer)];
}

/** Whether there is a host at all that the app may be sent to. */
function checkReach(connector: Connector, method: GrantedAuth, allowed: AppHosts, pointer: string): Diagnostic[] {
  const { key } = connector;
  const { hosts, defaultUrls } = hostsOfApp(connector, method, allowed);
  if (hosts.isEmpty) {
    const help = `Name the token hosts of the vendor: ${asConfig(key, 'HOST')}, or tokenHosts in the connector.`;
    return [unusable(`The app of ${key} may be sent nowhere: no account can be connected.`, help, pointer)];
  }
  return defaultUrls.flatMap((url) => {
    if (hosts.refusal(url) === null) return [];
    const help = `Where that is right, allow it: ${asConfig(key, url.host)}.`;
    return [unusable(`The app of ${key} may not be sent to ${url.origin}, where its settings lead.`, help, pointer)];
  });
}

function checkHosts(
  connectors: Connectors,
  key: string,
  names: readonly string[],
  hasApp: boolean,
): readonly Diagnostic[] {
  const pointer = pointerTo('/appHosts', key);
  if (!connectors.has(key)) return [{ ...unknownConnector(key, connectors), severity: 'warning', pointer }];
  const odd = names.flatMap((name, index) => {
    const canonical = URL.canParse(`https://${name}`) ? new URL(`https://${name}`).host : null;
    if (canonical === name) return [];
    const help = canonical === null ? 'Write a host, and its port where it is unusual.' : `Write "${canonical}".`;
    return [unusable(`No URL has the host "${name}".`, help, pointerTo(pointer, index))];
  });
  if (hasApp) return odd;
  const help = `Set apps.${key} in the configuration, or ANYHOOK_APPS.`;
  return [...odd, unusable(`There is no app of ${key} that could be sent to its appHosts.`, help, pointer)];
}

export const asConfig = (key: string, host: string): string => `"appHosts": { "${key}": ["${host}"] }`;

function unusable(message: string, help: string, pointer?: string): Diagnostic {
  return { code: 'app-unusable', severity: 'warning', message, help, ...(pointer !== undefined && { pointer }) };
}
