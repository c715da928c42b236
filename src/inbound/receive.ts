/** One inbound request from its bytes to its changes and its answer. Pure: no clock, no network. */
import type { HandshakeRule, InboundWay } from '../connector/inbound.ts';
import type { RefusalCode } from '../diagnostic/refusal.ts';
import { acknowledgement, type InboundAnswer, refusal } from './answer.ts';
import { readBody } from './body.ts';
import { answerHandshake, findHandshake, type HandshakeAnswer } from './handshake.ts';
import { type InboundRequest, Refused } from './request.ts';
import { type InboundChange, type SkippedEvent, splitBody } from './split.ts';
import { type VerifyContext, verifyInbound } from './verify.ts';

/** The answer goes out when what comes with it is stored. */
export type Received =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly answer: InboundAnswer }
  | ({ readonly kind: 'handshake' } & HandshakeAnswer)
  | {
      readonly kind: 'events';
      readonly changes: readonly InboundChange[];
      readonly skipped: readonly SkippedEvent[];
      /** The index of the secret that signed: the changes are only for instances that hold it; null for none. */
      readonly secret: number | null;
      /** null when the vendor does not say. */
      readonly sentAtMs: number | null;
      readonly answer: InboundAnswer;
    };

/** Never throws on what a stranger sends. */
export async function receiveInbound(
  way: InboundWay,
  request: InboundRequest,
  context: VerifyContext,
): Promise<Received> {
  const received = await receive(way, request, context);
  return received instanceof Refused
    ? { kind: 'refused', code: received.code, answer: refusal(received.code, way) }
    : received;
}

async function receive(way: InboundWay, request: InboundRequest, context: VerifyContext): Promise<Received | Refused> {
  if (request.body.length > way.maxBytes) return new Refused('inbound-too-large');
  const shaken = await shakeUnsigned(way, request, context);
  if (shaken !== null) return shaken;
  const isEvent = way.methods.includes(request.method);
  const mayShake = way.handshakes.some(({ signed, method }) => signed && method === request.method);
  if (!isEvent && !mayShake) return new Refused('inbound-method');
  const verified = verifyInbound(way, request, context);
  if (verified instanceof Refused) return verified;
  const { body, secret, sentAtMs } = verified;
  const rule = await findHandshake(way, request, true, body);
  if (rule instanceof Refused) return rule;
  if (rule !== null) {
    const signer = secret === null ? [] : context.secrets.slice(secret, secret + 1);
    return asReceived(answerHandshake(way, rule, request, body, signer));
  }
  if (!isEvent) return new Refused('inbound-method');
  const split = await splitBody(way, request, body);
  if (split instanceof Refused) return split;
  return { kind: 'events', ...split, secret, sentAtMs, answer: acknowledgement(way) };
}

/** null when the request meets no handshake that is unsigned. */
async function shakeUnsigned(
  way: InboundWay,
  request: InboundRequest,
  { secrets }: VerifyContext,
): Promise<Received | Refused | null> {
  const mayMeet = ({ signed, method }: HandshakeRule) => !signed && method === request.method;
  if (!way.handshakes.some(mayMeet)) return null;
  const parsed = readBody(request.body, way);
  const body = parsed instanceof Refused ? null : parsed;
  const rule = await findHandshake(way, request, false, body);
  if (rule === null || rule instanceof Refused) return rule;
  return asReceived(answerHandshake(way, rule, request, body, secrets));
}

function asReceived(answer: HandshakeAnswer | Refused): Received | Refused {
  return answer instanceof Refused ? answer : { kind: 'handshake', ...answer };
}
