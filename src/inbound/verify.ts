/** Whether a request is from the vendor, and of now. */
import type { InboundWay } from '../connector/inbound.ts';
import type { Settings } from '../connector/instance.ts';
import { readBody } from './body.ts';
import type { ProofValues, Proved } from './proof.ts';
import { proveJwt } from './prove-jwt.ts';
import { proveSigned } from './prove-signed.ts';
import { proveNone, proveStatic } from './prove-token.ts';
import { type InboundRequest, Refused } from './request.ts';
import { signatureEntries } from './signature.ts';
import { checkWindow, readSentAt } from './timestamp.ts';

export interface VerifyContext {
  /**
   * Any of them may have signed: those of `auth.key` that the instance holds, or of every instance that the way may
   * route to. Of kind jwt: the vendor's key sets (RFC 7517) as JSON.
   */
  readonly secrets: readonly string[];
  /** The instance's settings, completed by defaults. */
  readonly settings: Settings;
  readonly nowMs: number;
}

export interface Verified {
  /**
   * The index of the secret that proved it: events may go only to instances that hold it. null where none is involved.
   */
  readonly secret: number | null;
  /** When the vendor sent it; null when it does not say. */
  readonly sentAtMs: number | null;
  /** The parsed body; null for an empty one. */
  readonly body: unknown;
}

/** Verifies over the bytes as they came. Never throws, whatever a stranger sends. */
export function verifyInbound(way: InboundWay, request: InboundRequest, context: VerifyContext): Verified | Refused {
  if (request.body.length > way.maxBytes) return new Refused('inbound-too-large');
  const body = once(() => readBody(request.body, way));
  const entries = 'signature' in way.auth ? signatureEntries(way.auth.signature, request) : [];
  if (entries instanceof Refused) return entries;
  const { timestamp } = way;
  // A time in the body is read when the body is known to be the vendor's.
  const isInBody = timestamp?.source.from === 'body';
  const early = timestamp === null || isInBody ? null : readSentAt(timestamp, request, entries, body);
  if (early instanceof Refused) return early;
  const secret = prove(way, { request, ...context, entries, sentAt: early, body });
  if (secret instanceof Refused) return secret;
  const sentAt = timestamp !== null && isInBody ? readSentAt(timestamp, request, entries, body) : early;
  if (sentAt instanceof Refused) return sentAt;
  const outside = timestamp === null || sentAt === null ? null : checkWindow(sentAt.epochMs, timestamp, context.nowMs);
  if (outside !== null) return outside;
  const parsed = body();
  return parsed instanceof Refused ? parsed : { secret, sentAtMs: sentAt?.epochMs ?? null, body: parsed };
}

function prove({ auth }: InboundWay, values: ProofValues): Proved {
  switch (auth.kind) {
    case 'hmac':
    case 'digest':
    case 'ed25519':
      return proveSigned(auth, values);
    case 'jwt':
      return proveJwt(auth, values);
    case 'static':
      return proveStatic(auth, values);
    case 'none':
      return proveNone(auth, values);
  }
}

function once(read: () => unknown): () => unknown {
  let kept: { readonly value: unknown } | undefined;
  return () => {
    kept ??= { value: read() };
    return kept.value;
  };
}
