/** The operator's own apps at vendors: what a connected account is used with, and no customer ever holds. */
import type { Connector } from '../connector/connector.ts';
import type { ConnectorDefinition, TokenAuth } from '../definition/connector.ts';
import { compileTokenHosts, type TokenHosts, tokenUrls } from '../http/auth/token-hosts.ts';

type Credentials = Readonly<Record<string, string>>;

/** Credentials of an app, by connector. */
export type Apps = Readonly<Record<string, Credentials>>;

/** Hosts, by connector, that the operator trusts with the apps besides the vendors' own. */
export type AppHosts = Readonly<Record<string, readonly string[]>>;

/** A way to authenticate that begins with a person's consent in a browser. */
export type GrantedAuth = TokenAuth & Required<Pick<TokenAuth, 'authorize'>>;

export function grantedAuth({ auth }: ConnectorDefinition): GrantedAuth | null {
  return (
    auth.find((method): method is GrantedAuth => method.kind === 'token' && method.authorize !== undefined) ?? null
  );
}

/** What the configuration gives of one; undefined where the operator has none. */
export function appOf(key: string, apps: Apps): Apps[string] | undefined {
  return Object.hasOwn(apps, key) ? apps[key] : undefined;
}

/** What an app gives of the credentials that instances have; undefined where the operator has none. */
export function appCredentials({ key, definition }: Pick<Connector, 'key' | 'definition'>, apps: Apps) {
  const app = appOf(key, apps);
  if (app === undefined) return undefined;
  return Object.fromEntries(Object.entries(app).filter(([name]) => Object.hasOwn(definition.credentials, name)));
}

/** The credentials that only a person's consent gives. */
export function grantedNames({ authorize }: GrantedAuth): readonly string[] {
  const kept = Object.values(authorize.keep ?? {}).flatMap((target) =>
    target.startsWith('credentials.') ? [target.slice('credentials.'.length)] : [],
  );
  return [...Object.keys(authorize.exchange.rotates ?? {}), ...kept];
}

/**
 * An instance's credentials completed by the app that its account was connected through; its own win. An instance
 * without a person's grant gets none of it: it would act in the operator's name.
 */
export function withApp(connector: Connector, credentials: Credentials, apps: Apps): Credentials {
  const method = grantedAuth(connector.definition);
  const app = appCredentials(connector, apps);
  if (method === null || app === undefined) return credentials;
  const names = grantedNames(method);
  const isGranted = names.length > 0 && names.every((name) => Object.hasOwn(credentials, name) && credentials[name]);
  return isGranted ? { ...app, ...credentials } : credentials;
}

/** Where the app's part of such credentials may be sent to; undefined when all of them are the instance's own. */
export function appHosts(
  { key, definition }: Connector,
  own: Credentials,
  completed: Credentials,
  allowed: AppHosts,
): TokenHosts | undefined {
  const method = grantedAuth(definition);
  if (method === null || Object.keys(completed).every((name) => Object.hasOwn(own, name))) return undefined;
  return hostsOfApp({ key, definition }, method, allowed).hosts;
}

/** Where the app of a connector may be sent to, and where settings that nobody changes would send it. */
export function hostsOfApp(
  { key, definition }: Pick<Connector, 'key' | 'definition'>,
  method: GrantedAuth,
  allowed: AppHosts,
): { readonly hosts: TokenHosts; readonly defaultUrls: readonly URL[] } {
  const defaults = Object.fromEntries(
    Object.entries(definition.settings ?? {}).map(([name, setting]) => [name, setting.default]),
  );
  const added = Object.hasOwn(allowed, key) ? (allowed[key] ?? []) : [];
  return { hosts: compileTokenHosts(method, defaults, added), defaultUrls: tokenUrls(method, defaults) };
}
