/**
 * Signatures of Standard Webhooks, scheme v1
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
import { createHmac } from 'node:crypto';
import { secretKey } from './secret.ts';

export interface Signable {
  /** The event's id: the same for every attempt, so that receivers can tell a repetition. */
  readonly id: string;
  /** When this attempt is made, in seconds since 1970. */
  readonly timestampSeconds: number;
  readonly body: Buffer;
}

/** The three headers. With several secrets each signs, so that receivers may change over at their own time. */
export function signatureHeaders(signable: Signable, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': signable.id,
    'webhook-timestamp': String(signable.timestampSeconds),
    'webhook-signature': secrets.map((secret) => `v1,${signature(signable, secret).toString('base64')}`).join(' '),
  };
}

/** HMAC-SHA256 over `id.timestamp.body`, body bytes as they go over the wire. */
export function signature({ id, timestampSeconds, body }: Signable, secret: string): Buffer {
  return createHmac('sha256', secretKey(secret)).update(`${id}.${timestampSeconds}.`).update(body).digest();
}

/**
 * `sha256=` and the base64 of HMAC-SHA256 over the body alone, keyed by the secret's text as it stands: what formats
 * with a `bodySignatureHeader` carry beside the headers above. Nothing in it tells a replay.
 */
export function bodySignature(body: Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`;
}
