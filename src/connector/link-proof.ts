/** How a request proves where it is from, linked; what would leave a hole is refused here, at load. */
import type { InboundWay as InboundWayDefinition, JwtInbound, SecretSource } from '../definition/connector.ts';
import { checkCredential } from './check-auth.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { InboundProof, NoneProof, TimestampRule, TokenRule } from './inbound.ts';
import { linkSigned } from './link-signed.ts';
import { linkPlace } from './link-source.ts';
import { linkPath, linkTemplate, type Scope } from './link-template.ts';

export interface ProofContext {
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly settings: Scope;
}

/** null when a part of it is missing or a hole is left; then the findings say which. */
export function linkProof(
  way: InboundWayDefinition,
  context: ProofContext,
  pointer: string,
  findings: Findings,
): InboundProof | null {
  const { auth } = way;
  const at = `${pointer}/auth`;
  if ('key' in auth) {
    checkCredential(auth.key.credential, context, `${at}/key/credential`, findings);
    if (auth.key.previous !== undefined) checkCredential(auth.key.previous, context, `${at}/key/previous`, findings);
  }
  switch (auth.kind) {
    case 'hmac':
    case 'digest':
    case 'ed25519':
      return linkSigned(auth, way, at, findings);
    case 'jwt':
      return linkJwt(auth, context.settings, at, findings);
    case 'static': {
      const value = linkToken(auth.value, `${at}/value`, findings);
      return value === null ? null : { kind: 'static', key: auth.key, value };
    }
    case 'none':
      return { kind: 'none', equals: linkConditions(auth.equals, context.settings, `${at}/equals`, findings) };
    case 'mtls':
      findings.add({
        code: 'inbound-unsupported',
        message: 'Client certificates are not verified here.',
        help: 'Have the proxy in front verify them and add a secret header: kind "static".',
        pointer: at,
      });
      return null;
  }
}

/** A time that is not signed tells nothing: a replay would come with a new one. */
export function linkTimestamp(
  way: InboundWayDefinition,
  proof: InboundProof | null,
  pointer: string,
  findings: Findings,
): TimestampRule | null {
  const { timestamp } = way;
  if (timestamp === undefined) return null;
  const at = `${pointer}/timestamp`;
  const source = linkPlace(timestamp, ['header', 'entry', 'body'], at, findings);
  if (source === null || source.from === 'headers') return null;
  if (
    source.from === 'entry' &&
    !(proof !== null && 'signature' in proof && proof.signature.source.from === 'header')
  ) {
    const message = 'There is no signature header whose entry could hold the time.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Name its header.', pointer: `${at}/entry` });
  }
  if (proof !== null && !isTimeSigned(proof, source)) {
    findings.add({
      code: 'inbound-unsigned',
      message: 'The time is not signed, so a replay could come with a new one.',
      help: 'Put {timestamp} into the message where the vendor signs it, or leave timestamp out.',
      pointer: at,
    });
  }
  return { source, unit: timestamp.unit, windowMs: (timestamp.windowSeconds ?? 300) * 1000 };
}

function isTimeSigned(proof: InboundProof, source: TimestampRule['source']): boolean {
  if (proof.kind === 'jwt') return proof.bodyClaim !== null && source.from === 'body';
  if (proof.kind === 'static' || proof.kind === 'none') return false;
  return proof.messages.every((message) =>
    message.some(
      (part) =>
        part.part === 'timestamp' ||
        (source.from === 'body' && part.part === 'body') ||
        (source.from === 'header' && part.part === 'header' && part.name === source.name),
    ),
  );
}

function linkToken(token: SecretSource, pointer: string, findings: Findings): TokenRule | null {
  const { each, prefix = '', ...words } = token;
  const source = linkPlace(words, ['header', 'query', 'body'], pointer, findings);
  if (source === null || source.from === 'headers' || source.from === 'entry') return null;
  if (each !== undefined && source.from !== 'body') {
    const message = '"each" needs a path in the body.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Give "body" with it.', pointer: `${pointer}/each` });
  }
  return { source, each: each === undefined ? null : linkPath(each, `${pointer}/each`, findings), prefix };
}

function linkJwt(auth: JwtInbound, settings: Scope, at: string, findings: Findings): InboundProof | null {
  const token = linkToken(auth.token, `${at}/token`, findings);
  if (auth.bodyClaim === undefined) {
    findings.add({
      code: 'inbound-unsigned',
      severity: 'warning',
      message: 'The token does not cover the body: whoever sees one may send another body with it.',
      help: 'Name the claim that holds the hash of the body as bodyClaim, if the vendor has one.',
      pointer: at,
    });
  }
  const template = (part: 'issuer' | 'audience') => {
    const text = auth[part];
    return text === undefined ? null : linkTemplate(text, settings, `${at}/${part}`, findings);
  };
  const jwks = linkTemplate(auth.jwks, settings, `${at}/jwks`, findings);
  if (token === null) return null;
  return {
    kind: 'jwt',
    jwks,
    algorithms: auth.algorithms,
    token,
    issuer: template('issuer'),
    audience: template('audience'),
    bodyClaim: auth.bodyClaim ?? null,
  };
}

function linkConditions(
  conditions: readonly { readonly path: string; readonly value: string }[],
  settings: Scope,
  pointer: string,
  findings: Findings,
): NoneProof['equals'] {
  return conditions.map(({ path, value }, index) => {
    const at = pointerTo(pointer, index);
    const template = linkTemplate(value, settings, `${at}/value`, findings);
    if (template.names.length === 0) {
      findings.add({
        code: 'inbound-unsigned',
        message: 'The same value for every instance proves nothing.',
        help: 'Compare with a setting of the instance: {settings.name}.',
        pointer: `${at}/value`,
      });
    }
    return { path: linkPath(path, `${at}/path`, findings), value: template };
  });
}
