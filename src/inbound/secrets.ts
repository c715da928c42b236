/** The secrets of an instance that a way verifies with. */
import type { InboundWay } from '../connector/inbound.ts';

/**
 * The key, and the one before it, as far as the instance holds them. Empty for ways without a key: of kind jwt, the
 * caller fetches the key sets of `auth.jwks`.
 */
export function secretsOf(
  { auth }: Pick<InboundWay, 'auth'>,
  credentials: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (!('key' in auth)) return [];
  return [auth.key.credential, auth.key.previous].flatMap((name) => {
    const secret = name !== undefined && Object.hasOwn(credentials, name) ? credentials[name] : undefined;
    return secret === undefined || secret === '' ? [] : [secret];
  });
}
