/** Requests that are no events but want an answer. */
import type { Handshake, HandshakeResponse, InboundAuth } from '../definition/connector.ts';
import { checkCredential } from './check-auth.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { HandshakeRule } from './inbound.ts';
import { linkExpression } from './link-expression.ts';
import type { ProofContext } from './link-proof.ts';
import { checkHeaderName } from './link-source.ts';
import { linkPath } from './link-template.ts';

export function linkHandshakes(
  handshakes: readonly Handshake[],
  auth: InboundAuth,
  context: ProofContext,
  pointer: string,
  findings: Findings,
): readonly HandshakeRule[] {
  return handshakes.map((handshake, index) =>
    linkHandshake(handshake, auth, context, pointerTo(pointer, index), findings),
  );
}

function linkHandshake(
  { when, signed = true, respond }: Handshake,
  auth: InboundAuth,
  context: ProofContext,
  pointer: string,
  findings: Findings,
): HandshakeRule {
  if (when.header !== undefined) checkHeaderName(when.header, `${pointer}/when/header`, findings);
  const at = `${pointer}/respond`;
  if ('path' in respond && respond.path !== undefined) linkPath(respond.path, `${at}/path`, findings);
  if ('header' in respond) checkHeaderName(respond.header, `${at}/header`, findings);
  if (respond.kind === 'crc-hmac') checkCrc(respond, auth, at, findings);
  if ('credential' in respond) checkKept(respond, signed, auth, context, at, findings);
  return {
    method: when.method ?? 'POST',
    header: when.header?.toLowerCase() ?? null,
    query: when.query ?? null,
    expression:
      when.expression === undefined ? null : linkExpression(when.expression, `${pointer}/when/expression`, findings),
    signed,
    respond,
  };
}

function checkCrc(
  { path, query }: Extract<HandshakeResponse, { kind: 'crc-hmac' }>,
  auth: InboundAuth,
  pointer: string,
  findings: Findings,
): void {
  if ((path === undefined) === (query === undefined)) {
    const message = 'It is not said, or said twice, where the token stands.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Give path or query.', pointer });
  }
  if (auth.kind !== 'hmac') {
    const message = `There is no keyed hash to answer with: auth is of kind ${auth.kind}.`;
    findings.add({ code: 'inbound-contradiction', message, help: 'Use it with kind hmac.', pointer });
  }
}

/** The first request brings the key, so it cannot be signed by it; and what is kept must be what verifies. */
function checkKept(
  { credential }: Extract<HandshakeResponse, { credential: string }>,
  signed: boolean,
  auth: InboundAuth,
  context: ProofContext,
  pointer: string,
  findings: Findings,
): void {
  checkCredential(credential, context, `${pointer}/credential`, findings);
  if (signed) {
    const message = 'The key comes with this request, so the request cannot be signed by it.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Add "signed": false to the handshake.', pointer });
  }
  if (!('key' in auth) || auth.key.credential !== credential) {
    const message = `What is kept as "${credential}" is not the key that verifies.`;
    const help = 'Keep it in the credential of auth.key.';
    findings.add({ code: 'inbound-contradiction', message, help, pointer: `${pointer}/credential` });
  }
}
