/** The receiving side of Standard Webhooks, as `anyhook listen` and the tests use it. */
import { timingSafeEqual } from 'node:crypto';
import { signature } from './sign.ts';

export interface ReceivedWebhook {
  /** Names in lower case, as node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes that came, before anything parsed them. */
  readonly body: Buffer;
  /** Any of them may have signed. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
  /** How far the sender's clock may be from ours, to either side. The specification's libraries take 300. */
  readonly toleranceSeconds: number;
}

export type SignatureVerdict =
  | { readonly valid: true }
  | {
      readonly valid: false;
      readonly reason: 'header-missing' | 'timestamp-unreadable' | 'too-old' | 'too-new' | 'signature-wrong';
    };

/** Whether a request was signed by one of the secrets, lately. Compares in constant time; never throws on input. */
export function verifySignature({
  headers,
  body,
  secrets,
  nowMs,
  toleranceSeconds,
}: ReceivedWebhook): SignatureVerdict {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return { valid: false, reason: 'header-missing' };
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { valid: false, reason: 'timestamp-unreadable' };
  const timestampSeconds = Number(timestamp);
  const ageSeconds = Math.floor(nowMs / 1000) - timestampSeconds;
  if (ageSeconds > toleranceSeconds) return { valid: false, reason: 'too-old' };
  if (ageSeconds < -toleranceSeconds) return { valid: false, reason: 'too-new' };

  const given = signatures
    .split(' ')
    .filter((entry) => entry.startsWith('v1,'))
    .map((entry) => Buffer.from(entry.slice('v1,'.length), 'base64'));
  const wanted = secrets.map((secret) => signature({ id, timestampSeconds, body }, secret));
  const valid = wanted.some((one) => given.some((other) => one.length === other.length && timingSafeEqual(one, other)));
  return valid ? { valid } : { valid, reason: 'signature-wrong' };
}
