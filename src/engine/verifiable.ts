import type { InboundWay } from '../connector/inbound.ts';
import { Failure } from '../diagnostic/failure.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { Instance } from '../store/port.ts';

/**
 * Nothing is asked for whose signature could not be checked: the vendor would be refused, and might stop sending.
 * @throws Failure `webhook-unverifiable`.
 */
export function requireVerifiable(
  { auth, handshakes, subscriptions }: InboundWay,
  credentials: Instance['credentials'],
): void {
  if (!('key' in auth) || subscriptions === null) return;
  const { credential } = auth.key;
  const isHandedOver = handshakes.some(({ respond }) => 'credential' in respond && respond.credential === credential);
  const comes = subscriptions.usesSecret || subscriptions.register.credentials.has(credential) || isHandedOver;
  if (comes || secretsOf({ auth }, credentials).length > 0) return;
  throw new Failure(
    'webhook-unverifiable',
    `Webhooks are verified by the credential ${credential}, which the instance does not have.`,
    { retryable: false, help: `Give the instance its ${credential}, or switch its native webhooks off.` },
  );
}
