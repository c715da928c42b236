/** API keys as bearer tokens (RFC 6750 §2.1); the one way to authenticate. */
import type { Runtime } from '../engine/api.ts';
import type { Answer } from './answer.ts';
import { problemAnswer } from './problem.ts';

/** token68 of RFC 9110 §11.2. */
const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The name of the key, or the answer to who has none. */
export async function authenticate(
  authorization: string | undefined,
  runtime: Runtime,
): Promise<{ readonly name: string } | { readonly refusal: Answer }> {
  if (authorization === undefined) {
    return refuse('Send an API key: Authorization: Bearer ahk_…', 'Bearer realm="anyhook"');
  }
  const key = bearer.exec(authorization)?.[1];
  const found = key === undefined ? null : await runtime.authenticate(key);
  return found ?? refuse('The API key is not valid.', 'Bearer realm="anyhook", error="invalid_token"');
}

function refuse(detail: string, challenge: string): { readonly refusal: Answer } {
  return { refusal: problemAnswer('unauthorized', detail, { headers: { 'www-authenticate': challenge } }) };
}
