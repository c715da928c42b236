/** Requests that are no events but want an answer: a challenge, a probe, a key that is handed over. */
import { createHmac } from 'node:crypto';
import type { HandshakeRule, InboundWay } from '../connector/inbound.ts';
import type { CrcHmac } from '../definition/connector.ts';
import { ExpressionError } from '../mapping/expression.ts';
import { parsePath, readPath } from '../template/path.ts';
import { emptyAnswer, type InboundAnswer, jsonAnswer, textAnswer } from './answer.ts';
import { keyBytes } from './key.ts';
import { textAt } from './read-value.ts';
import { type InboundRequest, Refused, readHeader, readQuery } from './request.ts';
import { variablesOf } from './variables.ts';

export interface HandshakeAnswer {
  readonly answer: InboundAnswer;
  /** The key that came with it, to be kept before the answer goes out; null for none. */
  readonly keep: { readonly credential: string; readonly value: string } | null;
}

/** The first rule, signed or not as asked, that the request meets; null for none. */
export async function findHandshake(
  { handshakes }: InboundWay,
  request: InboundRequest,
  signed: boolean,
  body: unknown,
): Promise<HandshakeRule | null | Refused> {
  for (const rule of handshakes) {
    if (rule.signed !== signed || rule.method !== request.method) continue;
    if (rule.header !== null && readHeader(request, rule.header) instanceof Refused) continue;
    if (rule.query !== null && readQuery(request, rule.query) instanceof Refused) continue;
    if (rule.expression === null) return rule;
    try {
      if ((await rule.expression.evaluate(body, variablesOf(request, body))) === true) return rule;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return new Refused('inbound-expression-failed');
    }
  }
  return null;
}

/** @param secrets those of the instance; of a signed handshake, the one that signed it. */
export function answerHandshake(
  way: InboundWay,
  { respond }: HandshakeRule,
  request: InboundRequest,
  body: unknown,
  secrets: readonly string[],
): HandshakeAnswer | Refused {
  switch (respond.kind) {
    case 'echo-query-text': {
      const text = readQuery(request, respond.query);
      return text instanceof Refused ? text : { answer: textAnswer(text), keep: null };
    }
    case 'echo-json-field': {
      const text = textAt(readPath(body, parsePath(respond.path)));
      return text instanceof Refused
        ? text
        : { answer: jsonAnswer(Object.fromEntries([[respond.field, text]])), keep: null };
    }
    case 'echo-header': {
      const value = handedOver(readHeader(request, respond.header.toLowerCase()), secrets);
      if (value instanceof Refused) return value;
      const answer = { status: 200, headers: { [respond.header.toLowerCase()]: value }, body: '' };
      return { answer, keep: { credential: respond.credential, value } };
    }
    case 'capture-token': {
      const value = handedOver(textAt(readPath(body, parsePath(respond.path))), secrets);
      if (value instanceof Refused) return value;
      return { answer: emptyAnswer(way.ack.status), keep: { credential: respond.credential, value } };
    }
    case 'crc-hmac':
      return answerCrc(way, respond, request, body, secrets);
    case 'acknowledge':
      return { answer: emptyAnswer(way.ack.status), keep: null };
    case 'options-consent': {
      const origin = readHeader(request, 'webhook-request-origin');
      if (origin !== respond.origin) return new Refused('inbound-condition-failed');
      const rate = respond.ratePerMinute === undefined ? '*' : String(respond.ratePerMinute);
      const headers = { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': rate };
      return { answer: { status: 200, headers, body: '' }, keep: null };
    }
  }
}

/** A key that may be taken: printable, and there is none yet, or a stranger could put in one of his own. */
function handedOver(value: string | Refused, secrets: readonly string[]): string | Refused {
  if (secrets.length > 0) return new Refused('inbound-handshake-closed');
  if (value instanceof Refused || /^[\x21-\x7e]{8,1024}$/.test(value)) return value;
  return new Refused('inbound-condition-failed');
}

/** One word. What is hashed here must never be what a signed message could look like: it holds a body. */
const crcToken = /^[\w-]{1,255}$/;

function answerCrc(
  { auth }: InboundWay,
  respond: CrcHmac,
  request: InboundRequest,
  body: unknown,
  [secret = '']: readonly string[],
): HandshakeAnswer | Refused {
  const token =
    respond.query === undefined
      ? textAt(readPath(body, parsePath(respond.path ?? '')))
      : readQuery(request, respond.query);
  if (token instanceof Refused) return token;
  if (auth.kind !== 'hmac' || !crcToken.test(token)) return new Refused('inbound-condition-failed');
  const key = keyBytes(auth.key, secret);
  if (key === null) return new Refused('inbound-secret-missing');
  const hash = (respond.prefix ?? '') + createHmac(auth.algorithm, key).update(token).digest(respond.encoding);
  const { tokenField, hashField } = respond;
  const fields = [...(tokenField === undefined ? [] : [[tokenField, token]]), [hashField, hash]];
  return { answer: jsonAnswer(Object.fromEntries(fields)), keep: null };
}
