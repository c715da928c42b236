/** What a person can do about a failure that the host explains: the settings that name it, in the connector's words. Pure. */
import type { ConnectorDefinition } from '../definition/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Instance } from '../store/port.ts';

/** How systems and TLS say that a name leads nowhere, or to somebody else. */
const strangerReasons = new Set([
  'ENOTFOUND',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
  'ECONNREFUSED',
  'EHOSTUNREACH',
]);

export function withHostRemedy(
  failure: Failure,
  settings: Instance['settings'],
  definition: Pick<ConnectorDefinition, 'settings'>,
): Failure {
  if (!isOfHost(failure)) return failure;
  const named = Object.entries(definition.settings ?? {}).filter(
    // What nobody has changed is the vendor's own.
    ([name, setting]) => setting.type === 'url' && settings[name] !== undefined && settings[name] !== setting.default,
  );
  if (named.length === 0) return failure;
  const where = named.map(([name, { description }]) => `${name} (${description.replace(/\.$/, '')})`).join('; ');
  const { code, message, retryable, retryAfterMs, detail, cause } = failure;
  return new Failure(code, message, {
    retryable,
    help: `${failure.help === undefined ? '' : `${failure.help} `}The settings that name the host: ${where}.`,
    detail,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(cause !== undefined && { cause }),
  });
}

function isOfHost({ code, detail }: Failure): boolean {
  if (code === 'address-forbidden' || code === 'vendor-answer-unreadable' || code === 'not-found') return true;
  if (code === 'vendor-unreachable') return strangerReasons.has(String(detail['reason']));
  if (code === 'credentials-refused') return detail['isOAuth'] === false;
  // Another vendor's host sends elsewhere, or does not know our paths.
  const status = Number(detail['status']);
  return code === 'request-refused' && ((status >= 300 && status < 400) || status === 405 || status === 421);
}
