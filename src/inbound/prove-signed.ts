/** Signatures: keyed hash, hash with the secret in the message, Ed25519. All candidates are tried, whatever matched. */
import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { SignedProof } from '../connector/inbound.ts';
import { keyBytes } from './key.ts';
import { messageBytes } from './message.ts';
import type { ProofValues, Proved } from './proof.ts';
import { readValue } from './read-value.ts';
import { Refused } from './request.ts';
import { signatures } from './signature.ts';

export function proveSigned(proof: SignedProof, values: ProofValues): Proved {
  const { request, secrets, entries, sentAt } = values;
  const { urlDecode } = proof;
  const given = signatures(entries, proof.signature);
  if (given instanceof Refused) return given;
  const digestRefused = checkBodyDigest(proof, values);
  if (digestRefused !== null) return digestRefused;
  const build = (key: Buffer) =>
    proof.messages.map((parts) => messageBytes(parts, { request, sentAt: sentAt?.text ?? null, urlDecode, key }));
  // Only the message of a digest depends on the key; bodies are large and keys may be many.
  const built = proof.kind === 'digest' ? null : build(Buffer.alloc(0));
  let proved: number | null = null;
  let refused = new Refused('inbound-secret-missing');
  for (const [index, secret] of secrets.entries()) {
    const key = keyBytes(proof.key, secret);
    if (key === null) continue;
    const found = findSignature(proof, given, built ?? build(key), key);
    if (found === null) proved ??= index;
    else refused = found;
  }
  return proved ?? refused;
}

/** null when the key signed one of the messages; else why not. */
function findSignature(
  proof: SignedProof,
  given: readonly string[],
  messages: readonly (Buffer | Refused)[],
  key: Buffer,
): Refused | null {
  let isFound = false;
  for (const message of messages) {
    if (message instanceof Refused) continue;
    const isSignature = signatureTest(proof, message, key);
    for (const signature of given) isFound = isSignature(signature) || isFound;
  }
  if (isFound) return null;
  const lacking = messages.filter((message) => message instanceof Refused);
  return (lacking.length === messages.length ? lacking[0] : null) ?? new Refused('inbound-signature-wrong');
}

function signatureTest(proof: SignedProof, message: Buffer, key: Buffer): (signature: string) => boolean {
  const { encoding } = proof.signature;
  if (proof.kind === 'ed25519') return (signature) => isEd25519(message, key, signature, encoding);
  const hash = proof.kind === 'hmac' ? createHmac(proof.algorithm, key) : createHash(proof.algorithm);
  // Text is compared, not bytes: base64 and hex have several spellings of the same bytes.
  const wanted = Buffer.from(hash.update(message).digest(encoding));
  return (signature) => {
    const bytes = Buffer.from(signature);
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
  };
}

/** RFC 8032; the key is its 32 bytes. */
function isEd25519(message: Buffer, key: Buffer, text: string, encoding: 'hex' | 'base64' | 'base64url'): boolean {
  const signature = Buffer.from(text, encoding);
  if (key.length !== 32 || signature.length !== 64 || signature.toString(encoding) !== text) return false;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
  try {
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch {
    // 32 bytes that are no point of the curve: a wrong credential.
    return false;
  }
}

function checkBodyDigest({ bodyDigest }: SignedProof, { request, body }: ProofValues): Refused | null {
  if (bodyDigest === null) return null;
  const given = readValue(bodyDigest.source, request, body);
  if (given instanceof Refused) return given;
  const wanted = createHash(bodyDigest.algorithm).update(request.body).digest(bodyDigest.encoding);
  return given === wanted ? null : new Refused('inbound-signature-wrong');
}
