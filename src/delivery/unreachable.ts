/** What a broken connection means to the one who owns the callback. */
import { Failure } from '../diagnostic/failure.ts';

const meanings: Readonly<Record<string, string>> = {
  TIMEOUT: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  ETIMEDOUT: 'did not accept a connection in time',
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke the connection',
  EPIPE: 'broke the connection',
  UND_ERR_SOCKET: 'broke the connection',
  EHOSTUNREACH: 'has no route to it',
  ENETUNREACH: 'has no route to it',
  UNRESOLVED: 'has a host name that cannot be resolved',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that it signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate of an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate without its chain',
  EPROTO: 'does not speak TLS here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS here',
};

/**
 * The failure of an attempt that got no answer. The error's own text is left behind: it names the address that a host
 * name led to, which would let an outsider ask about the inner network.
 */
export function unreachable(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'address-forbidden') return error;
  const reason = reasonOf(error);
  return new Failure('callback-unreachable', `The callback ${meanings[reason] ?? 'could not be reached'}.`, {
    retryable: true,
    detail: { reason },
  });
}

/** The attempt took longer than it may. */
export function timedOut(timeoutMs: number): Failure {
  const message = `The callback ${meanings['TIMEOUT']}: ${timeoutMs / 1000} s.`;
  return new Failure('callback-unreachable', message, { retryable: true, detail: { reason: 'TIMEOUT' } });
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return 'UNRESOLVED';
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
