/** Signed tokens (RFC 7519, JWS compact form RFC 7515) against the vendor's key set (RFC 7517), which the caller holds. */
import { constants, createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { JwtProof } from '../connector/inbound.ts';
import { isTooDeep } from '../diagnostic/nesting.ts';
import { isEqualSecret } from './equal.ts';
import type { ProofValues, Proved } from './proof.ts';
import { readTokens } from './prove-token.ts';
import { Refused } from './request.ts';
import { readUtf8 } from './utf8.ts';

/** How far the vendor's clock may be from ours. */
const skewMs = 60_000;
/** Longer than any key set needs to be tried. */
const mostKeys = 50;

type Claims = Readonly<Record<string, unknown>>;

const hashes = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512', PS256: 'sha256', ES256: 'sha256', ES384: 'sha384' };

/** Every token of the request must hold; the index is that of the key set. */
export function proveJwt(proof: JwtProof, values: ProofValues): Proved {
  const tokens = readTokens(proof.token, values);
  if (tokens instanceof Refused) return tokens;
  if (values.secrets.length === 0) return new Refused('inbound-secret-missing');
  for (const [index, keySet] of values.secrets.entries()) {
    const keys = readKeys(keySet);
    if (tokens.every((token) => isGood(token, keys, proof, values))) return index;
  }
  return new Refused('inbound-token-wrong');
}

function isGood(token: string, keys: readonly Claims[], proof: JwtProof, values: ProofValues): boolean {
  const claims = verifiedClaims(token, keys, proof.algorithms);
  return (
    claims !== null &&
    isNow(claims, values.nowMs) &&
    isForUs(claims, proof, values) &&
    coversBody(claims, proof, values)
  );
}

/** The claims of a token that one of the keys signed; null when none did. */
function verifiedClaims(token: string, keys: readonly Claims[], algorithms: JwtProof['algorithms']): Claims | null {
  const parts = token.split('.');
  const [head = '', payload = '', signature = ''] = parts;
  const header = readPart(head);
  const algorithm = algorithms.find((name) => name === header?.['alg']);
  // A token that asks for what we do not know must be refused (RFC 7515 §4.1.11).
  if (parts.length !== 3 || header === null || algorithm === undefined || Object.hasOwn(header, 'crit')) return null;
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return null;
  const fitting = keys.filter(
    (key) => fits(key, algorithm) && (header['kid'] === undefined || key['kid'] === header['kid']),
  );
  const isSigned = fitting.some((key) => isSignedBy(key, algorithm, Buffer.from(`${head}.${payload}`), bytes));
  return isSigned ? readPart(payload) : null;
}

/** A key signs by its own algorithm only, or one family's key would be taken for another's. */
function fits(key: Claims, algorithm: string): boolean {
  const { kty, crv, alg, use } = key;
  if ((alg !== undefined && alg !== algorithm) || (use !== undefined && use !== 'sig')) return false;
  if (algorithm === 'ES256') return kty === 'EC' && crv === 'P-256';
  if (algorithm === 'ES384') return kty === 'EC' && crv === 'P-384';
  if (algorithm === 'EdDSA') return kty === 'OKP' && crv === 'Ed25519';
  return kty === 'RSA';
}

function isSignedBy(
  jwk: Claims,
  algorithm: JwtProof['algorithms'][number],
  message: Buffer,
  signature: Buffer,
): boolean {
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    if (algorithm === 'EdDSA') return verify(null, message, key, signature);
    const hash = hashes[algorithm];
    if (algorithm.startsWith('ES')) return verify(hash, message, { key, dsaEncoding: 'ieee-p1363' }, signature);
    if (algorithm !== 'PS256') return verify(hash, message, key, signature);
    const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return verify(hash, message, pss, signature);
  } catch {
    // A key of the set that cannot be read.
    return false;
  }
}

/** `exp` must be there: a token without an end would be good for ever. */
function isNow({ exp, nbf, iat }: Claims, nowMs: number): boolean {
  if (typeof exp !== 'number' || exp * 1000 + skewMs <= nowMs) return false;
  return [nbf, iat].every((time) => time === undefined || (typeof time === 'number' && time * 1000 - skewMs <= nowMs));
}

function isForUs({ iss, aud }: Claims, { issuer, audience }: JwtProof, { settings }: ProofValues): boolean {
  const wantedIssuer = issuer?.renderText({ settings });
  const wantedAudience = audience?.renderText({ settings });
  if (wantedIssuer === '' || wantedAudience === '') return false;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return (
    (wantedIssuer === undefined || iss === wantedIssuer) &&
    (wantedAudience === undefined || audiences.includes(wantedAudience))
  );
}

function coversBody(claims: Claims, { bodyClaim }: JwtProof, { request }: ProofValues): boolean {
  if (bodyClaim === null) return true;
  const { name, algorithm, encoding } = bodyClaim;
  const given = Object.hasOwn(claims, name) ? claims[name] : undefined;
  const wanted = createHash(algorithm).update(request.body).digest(encoding);
  return typeof given === 'string' && isEqualSecret(given, wanted);
}

function readKeys(keySet: string): readonly Claims[] {
  const set = readObject(keySet);
  const keys: unknown = set?.['keys'];
  return Array.isArray(keys) ? keys.slice(0, mostKeys).filter(isObject) : [];
}

function readPart(text: string): Claims | null {
  const bytes = Buffer.from(text, 'base64url');
  const json = bytes.toString('base64url') === text ? readUtf8(bytes) : null;
  return json === null ? null : readObject(json);
}

function readObject(text: string): Claims | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !isTooDeep(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Claims {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
