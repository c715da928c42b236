/** Accounts connected by a person's consent in a browser: the link to the vendor's page, and what comes back from it. */
import { randomBytes } from 'node:crypto';
import type { Connector } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { unknownConnector } from '../connector/unknown-name.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { authorizeUrl, exchangeCode, isCallbackSigned } from '../http/auth/authorize.ts';
import { tokenUrls } from '../http/auth/token-hosts.ts';
import type { Instance } from '../store/port.ts';
import type { Sealer } from '../store/seal.ts';
import type { AuthorizeInput, AuthorizeLink, Connection, InstanceInput, InstanceView, Outcome } from './api.ts';
import { type AppHosts, appCredentials, appHosts, type GrantedAuth, grantedAuth, grantedNames } from './apps.ts';
import { asConfig, lackingApp } from './check-apps.ts';
import { type ConnectState, openState, sealState } from './connect-state.ts';
import { checkCallback, createInstance, createInstanceId, type InstanceOptions, patchInstance } from './instances.ts';

export interface ConnectOptions extends InstanceOptions {
  readonly sealer: Sealer | null;
  /** How this server is reached from outside; null when the operator has not said. */
  readonly publicUrl: string | null;
  /** Origins that a browser may be sent to in the end. */
  readonly allowRedirects: readonly string[];
  readonly userAgent: string;
}

const stateLifeMs = 10 * 60_000;
/** Vendors and the proxies before them take URLs of 8 KB (RFC 9110 §4.1); other parameters want some of it. */
const mostStateLength = 6_000;

type Query = Readonly<Record<string, string>>;
type Texts = Readonly<Record<string, string>>;

/** The link that a person follows to connect an account, or to connect an instance again. */
export async function authorize(
  key: string,
  input: AuthorizeInput,
  options: ConnectOptions,
): Promise<Outcome<AuthorizeLink>> {
  const connector = options.connectors.get(key);
  if (connector === undefined) return refuse(unknownConnector(key, options.connectors));
  const method = grantedAuth(connector.definition);
  if (method === null)
    return refuse(failed(`${key} is not connected in a browser.`, 'Make an instance with credentials.'));
  const { sealer, publicUrl } = options;
  if (sealer === null || publicUrl === null)
    return refuse(failed('The server does not know how it is reached from outside.', 'Start it with --public-url.'));

  const { redirect = null, instanceId, callback, ...rest } = input;
  const current = instanceId === undefined ? null : await options.store.getInstance(instanceId);
  if (instanceId !== undefined && current?.connector !== key)
    return refuse(
      failed(`${key} has no instance ${JSON.stringify(instanceId)}.`, 'Leave instanceId out for a new one.'),
    );
  if (redirect !== null && !isAllowed(redirect, options))
    return refuse(
      failed('The redirect goes to an origin that is not allowed.', 'Start with --allow-redirect ORIGIN.', '/redirect'),
    );

  const now = options.now();
  // Made here, because what comes back from the vendor's page is no place to show a secret.
  const checked = checkCallback(callback ?? null, current?.callback ?? null, options.addressRules, now);
  const secret = checked.madeSecret;
  const account = accountOf(connector, method, current, rest.settings, options);
  const diagnostics = [
    ...checked.diagnostics,
    ...lackingApp(method, key, account.credentials).map(({ message, help = '' }) => failed(message, help)),
    ...checkBefore(connector, method, { ...rest, ...account }),
    ...checkReach(connector, method, current?.credentials ?? {}, account, options.appHosts),
  ];
  if (!isUsable(diagnostics)) return { ok: false, diagnostics };

  const state: ConnectState = {
    instanceId: instanceId ?? createInstanceId(),
    isNew: current === null,
    input: {
      ...rest,
      connector: key,
      ...(callback !== undefined && {
        callback: callback === null ? null : { ...callback, ...(secret !== undefined && { secret }) },
      }),
    },
    codeVerifier: randomBytes(32).toString('base64url'),
    redirect,
    expiresAt: now + stateLifeMs,
  };
  const sealed = sealState(state, sealer);
  if (sealed.length > mostStateLength)
    return refuse(
      failed('That is more than a link can carry.', 'Connect with less, and change the instance afterwards.'),
    );
  const { settings } = checkInstance(connector, account);
  const asking = { redirectUri: redirectUri(publicUrl), state: sealed, codeVerifier: state.codeVerifier };
  const link: AuthorizeLink = {
    url: authorizeUrl(method.authorize, { ...account, settings }, asking),
    expiresAt: new Date(state.expiresAt).toISOString(),
    instanceId: state.instanceId,
    ...(secret !== undefined && { callbackSecret: secret }),
  };
  return { ok: true, value: link, diagnostics };
}

/** What the vendor's page sent back by the person's browser, which nothing is believed of before it is checked. */
export async function connect(query: Query, options: ConnectOptions): Promise<Connection> {
  const { sealer, publicUrl } = options;
  const state = sealer === null ? null : openState(query['state'] ?? '', sealer);
  if (state === null || publicUrl === null)
    return { redirect: null, ...refuse(failed('This link is none of ours.', anew)) };
  // What was allowed when the link was made may not be any more.
  const redirect = state.redirect !== null && isAllowed(state.redirect, options) ? state.redirect : null;
  try {
    return { redirect, ...(await complete(state, query, redirectUri(publicUrl), options)) };
  } catch (error) {
    if (error instanceof Failure) return { redirect, ok: false, diagnostics: [], failure: error };
    throw error;
  }
}

const anew = 'Ask for a new link, and open it in this browser.';

async function complete(
  state: ConnectState,
  query: Query,
  uri: string,
  options: ConnectOptions,
): Promise<Outcome<InstanceView>> {
  if (options.now() >= state.expiresAt) return refuse(failed('The link has expired.', anew));
  const { input } = state;
  const connector = options.connectors.get(input.connector);
  const method = connector === undefined ? null : grantedAuth(connector.definition);
  if (connector === undefined || method === null) return refuse(failed('The connector is gone.', anew));
  const current = await options.store.getInstance(state.instanceId);
  if (state.isNew && current !== null)
    return refuse(failed('The link was used already.', 'The account is connected: there is nothing more to do.'));
  if (!state.isNew && current === null) return refuse(failed('The instance is gone.', 'Connect the account anew.'));

  const asked = accountOf(connector, method, current, input.settings, options);
  const completeSettings = checkInstance(connector, asked).settings;
  if (!isCallbackSigned(method.authorize, query, { ...asked, settings: completeSettings }))
    return refuse(failed('The answer is not signed by the vendor.', anew));
  if (query['error'] !== undefined) return refuse(denied(query));
  const code = query['code'] ?? '';
  if (code === '') return refuse(failed('The answer has no code.', anew));

  const kept = keptOf(method, query);
  const other = otherAccount(asked.settings, kept.settings);
  if (other !== null) return refuse(other);
  const account = {
    settings: { ...asked.settings, ...kept.settings },
    credentials: { ...asked.credentials, ...kept.credentials },
  };
  // Before the exchange, which sends the app's secret to a host that settings name.
  const { settings, diagnostics } = checkInstance(connector, assumeGranted(method, account));
  if (!isUsable(diagnostics)) return { ok: false, diagnostics };
  const tokenHosts = appHosts(connector, current?.credentials ?? {}, asked.credentials, options.appHosts);
  const exchanged = await exchangeCode(
    method.authorize,
    { ...account, settings },
    { code, redirectUri: uri, codeVerifier: state.codeVerifier },
    { ...options, http: connector.definition.http, tokenHosts },
  );
  const otherThanTold = otherAccount(asked.settings, exchanged.settings);
  if (otherThanTold !== null) return refuse(otherThanTold);
  const credentials = { ...kept.credentials, ...exchanged.credentials };
  const told = { ...kept.settings, ...exchanged.settings };
  const { connector: _, ...changes } = { ...input, settings: { ...input.settings, ...told }, credentials };
  if (state.isNew) return createInstance({ ...changes, connector: connector.key }, options, state.instanceId);
  const patched = await patchInstance(state.instanceId, changes, options);
  if (patched === null) return refuse(failed('The instance is gone.', 'Connect the account anew.'));
  return patched;
}

/** What the vendor says of the account, where it is not what is known of it. What is empty is not known. */
function otherAccount(known: NonNullable<InstanceInput['settings']>, told: Texts): Diagnostic | null {
  const name = Object.keys(told).find((one) => (known[one] ?? '') !== '' && String(known[one]) !== told[one]);
  if (name === undefined) return null;
  return failed(`This is another account than was meant: its ${name} differs.`, 'Sign in to the right one.');
}

/** Whose access is asked for: the operator's app, and of an instance its own settings and credentials. */
function accountOf(
  connector: Connector,
  method: GrantedAuth,
  current: Instance | null,
  settings: InstanceInput['settings'],
  { apps }: ConnectOptions,
): { settings: NonNullable<InstanceInput['settings']>; credentials: Texts } {
  const app = appCredentials(connector, apps);
  const granted = grantedNames(method);
  const own = Object.entries(current?.credentials ?? {}).filter(([name]) => !granted.includes(name));
  return { settings: { ...current?.settings, ...settings }, credentials: { ...app, ...Object.fromEntries(own) } };
}

/** As if the person had consented already: what the vendor's page will give is not missing yet. */
function assumeGranted<T extends { credentials: Texts }>(method: GrantedAuth, account: T): T {
  const granted = Object.fromEntries(grantedNames(method).map((name) => [name, '(granted)']));
  return { ...account, credentials: { ...granted, ...account.credentials } };
}

function checkBefore(
  connector: Connector,
  method: GrantedAuth,
  account: Pick<InstanceInput, 'settings' | 'objects'> & { credentials: Texts },
): readonly Diagnostic[] {
  const expected = Object.values(method.authorize.keep ?? {}).map((target) => `/${target.replace('.', '/')}`);
  return checkInstance(connector, assumeGranted(method, account)).diagnostics.filter(
    ({ code, pointer }) =>
      !(code === 'setting-missing' && expected.includes(pointer ?? '')) && code !== 'credentials-missing',
  );
}

/** Said before a person has consented: the app's secret would not be sent where the code is exchanged. */
function checkReach(
  connector: Connector,
  method: GrantedAuth,
  own: Texts,
  account: ReturnType<typeof accountOf>,
  allowed: AppHosts,
): readonly Diagnostic[] {
  const { settings } = checkInstance(connector, account);
  const hosts = appHosts(connector, own, account.credentials, allowed);
  const named = [...new Set([...method.authorize.exchange.url.matchAll(/\{settings\.(\w+)/g)].map(([, name]) => name))];
  const [only, ...others] = named;
  return tokenUrls(method, settings).flatMap((url) => {
    if (hosts === undefined || hosts.refusal(url) === null) return [];
    const help = `Check ${named.join(', ')}. If ${url.host} is the vendor's, the operator allows it: ${asConfig(connector.key, url.host)}.`;
    const pointer = only === undefined || others.length > 0 ? undefined : `/settings/${only}`;
    return [failed(`The app of ${connector.key} may not be sent to ${url.host}.`, help, pointer)];
  });
}

function keptOf(method: GrantedAuth, query: Query): { readonly settings: Texts; readonly credentials: Texts } {
  const kept: Record<'settings' | 'credentials', Record<string, string>> = { settings: {}, credentials: {} };
  for (const [parameter, target] of Object.entries(method.authorize.keep ?? {})) {
    const value = Object.hasOwn(query, parameter) ? query[parameter] : undefined;
    const [part, name = ''] = target.split('.');
    if (value !== undefined) kept[part === 'credentials' ? 'credentials' : 'settings'][name] = value;
  }
  return kept;
}

function denied(query: Query): Diagnostic {
  // Anybody may have written this query: only the words of RFC 6749 §4.1.2.1 are shown.
  const word = /^[a-z_]{1,40}$/.test(query['error'] ?? '') ? `: ${query['error']}` : '';
  return failed(`Access was not granted${word}.`, 'Open a new link, and allow what the app asks for.');
}

function isAllowed(redirect: string, { allowRedirects }: ConnectOptions): boolean {
  if (!URL.canParse(redirect)) return false;
  const { origin, protocol, username, password } = new URL(redirect);
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === '';
  return isPlain && allowRedirects.some((allowed) => URL.canParse(allowed) && new URL(allowed).origin === origin);
}

const redirectUri = (publicUrl: string): string => `${publicUrl.replace(/\/+$/, '')}/v1/oauth/callback`;

function failed(message: string, help: string, pointer?: string): Diagnostic {
  return { code: 'connect-failed', severity: 'error', message, help, ...(pointer !== undefined && { pointer }) };
}

function refuse(...diagnostics: readonly Diagnostic[]): {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
} {
  return { ok: false, diagnostics };
}
