/** Signed assertions (RFC 7523 §3): a JWT in the place of a password. The only importer of jose. */
import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import type { Assertion } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTemplate } from '../../template/compile.ts';
import type { TemplateValues } from '../../template/template.ts';
import { compileTexts, renderTexts } from '../headers.ts';

const LIFE_SECONDS = 180;

/**
 * Compiles an assertion; the function returned makes one that is good from now on.
 * @param now epoch milliseconds.
 * @throws Failure `credentials-refused` when the key is none.
 */
export function compileAssertion(
  definition: Assertion,
  now: () => number,
): (values: TemplateValues) => Promise<string> {
  const { algorithm, lifeSeconds = LIFE_SECONDS } = definition;
  const claims = compileTexts(definition.claims);
  const pem = compileTemplate(definition.key).template;
  return async (values) => {
    const issuedAt = Math.floor(now() / 1000);
    // Keys are pasted from JSON files, where a line break is written as two characters.
    const text = pem.renderText(values).replaceAll('\\n', '\n').trim();
    try {
      const key = await importPKCS8(text, algorithm);
      return await new SignJWT(renderTexts(claims, values))
        .setProtectedHeader({ alg: algorithm })
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifeSeconds)
        .setJti(randomUUID())
        .sign(key);
    } catch {
      // The cause may quote the key, so it goes no further.
      throw unusableKey(algorithm);
    }
  };
}

function unusableKey(algorithm: string): Failure {
  return new Failure('credentials-refused', `The private key cannot sign with ${algorithm}.`, {
    retryable: false,
    help: 'Give it as PEM of PKCS #8, beginning with -----BEGIN PRIVATE KEY-----; openssl pkcs8 -topk8 -nocrypt makes one.',
  });
}
