/** What goes wrong on the wire, in words without secrets: hosts and reasons, never headers, queries or addresses. */
import { Failure } from '../diagnostic/failure.ts';

/** got's errors carry the request's headers, so none is kept as a cause: only its code goes on. */
export function wireFailure(error: unknown, url: URL, timeoutMs: number, signal: AbortSignal): Failure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof Failure) return cause;
  if (signal.aborted) return aborted(signal);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  // zlib's codes begin so.
  return code.startsWith('Z_') ? undecodable(url) : unreachable(url, timeoutMs, code);
}

/** The failure of an exchange that its caller ended: the caller's own where the signal's reason is one. */
export function aborted(signal: AbortSignal): Failure {
  if (signal.reason instanceof Failure) return signal.reason;
  return new Failure('vendor-unreachable', 'The request was given up before its answer came.', { retryable: true });
}

/** `reason` is the code of the system's or the TLS library's error. */
export function unreachable(url: URL, timeoutMs: number, reason: string): Failure {
  const inTime = reason === 'ETIMEDOUT' ? ` within ${timeoutMs} ms` : '';
  return new Failure('vendor-unreachable', `No answer from ${url.hostname}${inTime} (${reason}).`, {
    retryable: true,
    detail: { host: url.hostname, reason },
  });
}

function undecodable(url: URL): Failure {
  const message = `${url.hostname} answered with a compressed body that cannot be read.`;
  return new Failure('vendor-answer-unreadable', message, { retryable: true });
}

export function redirectRefused(url: URL, status: number, why: string): Failure {
  const message = `${url.hostname} answered ${status}, which redirects ${why}; that is not followed.`;
  const help = 'Check the host in the settings: the vendor may have moved the account.';
  return new Failure('request-refused', message, { retryable: false, help, detail: { status } });
}

export function tooLarge(url: URL, maxBodyBytes: number): Failure {
  const message = `${url.hostname} answered more than ${maxBodyBytes} bytes.`;
  return new Failure('vendor-answer-unreadable', message, { retryable: false, help: 'Ask for smaller pages.' });
}
