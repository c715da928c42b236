/**
 * Where the secrets of the operator's own app may go. An instance's settings name the host of a token endpoint, and who
 * writes them is not who owns the app.
 */
import type { TokenAuth } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTemplate } from '../../template/compile.ts';

export interface TokenHosts {
  /** @throws Failure `address-forbidden` for a URL that they may not be sent to. */
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
  for (const { url } of [method.token, ...(method.authorize === undefined ? [] : [method.authorize.exchange])]) {
    const text = compileTemplate(url).template.renderText({ settings: defaults });
    if (URL.canParse(text)) named.add(new URL(text).hostname);
  }
  const isNamed = (host: string): boolean =>
    named.has(host) || [...named].some((name) => name.startsWith('*.') && host.endsWith(name.slice(1)));
  return {
    require(url) {
      if (allowed.includes(url.host)) return;
      if (url.protocol === 'https:' && url.port === '' && isNamed(url.hostname)) return;
      throw new Failure('address-forbidden', `The operator's app is not for the token endpoint at ${url.host}.`, {
        retryable: false,
        help: "Check the settings that name the host. If it is the vendor's, the operator adds it to appHosts.",
        detail: { host: url.host },
      });
    },
  };
}
