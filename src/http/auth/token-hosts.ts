/**
 * Where the secrets of the operator's own app may go. An instance's settings name the host of a token endpoint, and who
 * writes them is not who owns the app.
 */
import type { TokenAuth } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTemplate } from '../../template/compile.ts';

export interface TokenHosts {
  /** Whether there is none at all. */
  readonly isEmpty: boolean;
  /** Failure `address-forbidden` for a URL that they may not be sent to; null for others. */
  refusal(url: URL): Failure | null;
  /** @throws Failure the refusal. */
  require(url: URL): void;
}

/** A way to authenticate that an operator's app can be part of. */
type AppAuth = Pick<TokenAuth, 'token' | 'authorize'>;

/**
 * The hosts that the connector names, by https at its usual port: those of `tokenHosts`, and those that its settings
 * lead to while nobody has changed them.
 * @param defaults the values that settings have by default.
 * @param allowed hosts that the operator adds, with their ports where they are unusual, by http too.
 */
export function compileTokenHosts(
  method: AppAuth,
  defaults: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): TokenHosts {
  const named = new Set(method.authorize?.tokenHosts ?? []);
  for (const { hostname } of tokenUrls(method, defaults)) named.add(hostname);
  const isNamed = (host: string): boolean =>
    named.has(host) || [...named].some((name) => name.startsWith('*.') && host.endsWith(name.slice(1)));
  const refusal = (url: URL): Failure | null => {
    if (allowed.includes(url.host)) return null;
    if (url.protocol === 'https:' && url.port === '' && isNamed(url.hostname)) return null;
    return new Failure('address-forbidden', `The operator's app is not for the token endpoint at ${url.host}.`, {
      retryable: false,
      help: "Check the settings that name the host. If it is the vendor's, the operator adds it to appHosts.",
      detail: { host: url.host },
    });
  };
  return {
    isEmpty: named.size === 0 && allowed.length === 0,
    refusal,
    require(url) {
      const failure = refusal(url);
      if (failure !== null) throw failure;
    },
  };
}

/** Where a code and tokens are asked for with these settings; without those of which settings do not tell yet. */
export function tokenUrls(method: AppAuth, settings: Readonly<Record<string, unknown>>): readonly URL[] {
  const requests = [method.token, ...(method.authorize === undefined ? [] : [method.authorize.exchange])];
  const texts = new Set(requests.map(({ url }) => compileTemplate(url).template.renderText({ settings })));
  return [...texts].flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
}
