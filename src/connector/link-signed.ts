/** Signatures over a message, linked: one that leaves the body out, or the secret, is refused. */
import type {
  BodyDigest,
  DigestInbound,
  Ed25519Inbound,
  HmacInbound,
  InboundWay as InboundWayDefinition,
} from '../definition/connector.ts';
import type { Findings } from './findings.ts';
import type { BodyDigestRule, MessagePart, SignedProof } from './inbound.ts';
import { linkMessage } from './link-message.ts';
import { linkPlace } from './link-source.ts';

type SignedDefinition = HmacInbound | DigestInbound | Ed25519Inbound;

/** null when it is not said where the signature stands; then the findings say so. */
export function linkSigned(
  auth: SignedDefinition,
  way: InboundWayDefinition,
  at: string,
  findings: Findings,
): SignedProof | null {
  const texts = typeof auth.message === 'string' ? [auth.message] : auth.message;
  const isList = typeof auth.message !== 'string';
  const source = linkPlace(auth.signature, ['header', 'headers', 'query'], `${at}/signature`, findings);
  const bodyDigest = auth.bodyDigest === undefined ? null : linkDigest(auth.bodyDigest, `${at}/bodyDigest`, findings);
  const messages = texts.map((text, index) => {
    const pointer = isList ? `${at}/message/${index}` : `${at}/message`;
    const message = linkMessage(text, pointer, findings);
    checkMessage(message, auth, way, bodyDigest, pointer, findings);
    return message;
  });
  if (source === null || source.from === 'entry' || source.from === 'body') return null;
  const { split = null, prefix = '', encoding } = auth.signature;
  return {
    kind: auth.kind,
    algorithm: 'algorithm' in auth ? auth.algorithm : 'sha512',
    key: auth.key,
    signature: { source, split, prefix, encoding },
    messages,
    urlDecode: auth.urlDecode ?? '',
    bodyDigest,
  };
}

function checkMessage(
  message: readonly MessagePart[],
  auth: SignedDefinition,
  way: InboundWayDefinition,
  digest: BodyDigestRule | null,
  pointer: string,
  findings: Findings,
): void {
  const has = (wanted: MessagePart['part']) => message.some(({ part }) => part === wanted);
  const refuse = (code: 'inbound-unsigned' | 'inbound-contradiction', text: string, help: string) =>
    findings.add({ code, message: text, help, pointer });
  if (!has('body') && !has('sortedForm') && !isDigestSigned(digest, message)) {
    refuse('inbound-unsigned', 'The message leaves the body out, so anybody could change it.', 'Add {body}.');
  }
  if (has('timestamp') && way.timestamp === undefined) {
    refuse('inbound-contradiction', 'Nothing says where {timestamp} stands.', 'Add timestamp to the way.');
  }
  if (has('sortedForm') && way.format !== 'form') {
    refuse('inbound-contradiction', '{form.sorted} needs a form.', 'Set "format": "form".');
  }
  if (auth.kind === 'digest' && !has('secret')) {
    refuse('inbound-unsigned', 'A digest without {secret} can be made by anybody.', 'Add {secret}, or use hmac.');
  }
  if (auth.kind !== 'digest' && has('secret')) {
    refuse('inbound-contradiction', `{secret} is no part of a message of kind ${auth.kind}.`, 'Take it out.');
  }
  const isDecoded = message.some((part) => part.part === 'url' && part.form === 'decoded');
  if (isDecoded && auth.urlDecode === undefined) {
    refuse('inbound-contradiction', 'Nothing says what {url.decoded} decodes.', 'Add urlDecode.');
  }
}

/** Whether the place of the body's digest is itself in the message. */
function isDigestSigned(digest: BodyDigestRule | null, message: readonly MessagePart[]): boolean {
  if (digest === null) return false;
  const { source } = digest;
  return message.some((part) =>
    source.from === 'query'
      ? part.part === 'url'
      : source.from === 'header' && part.part === 'header' && part.name === source.name,
  );
}

function linkDigest(digest: BodyDigest, pointer: string, findings: Findings): BodyDigestRule | null {
  const source = linkPlace(digest, ['query', 'header'], pointer, findings);
  if (source === null || source.from === 'headers' || source.from === 'entry') return null;
  return { source, algorithm: digest.algorithm, encoding: digest.encoding };
}
