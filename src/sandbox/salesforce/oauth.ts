import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../answer.ts';
import { formBody } from '../body.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { oauthError } from './answers.ts';
import { withChecksum } from './ids.ts';
import { systemUserId } from './shape.ts';

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  username: 'admin@sandbox.example',
  password: 'sandbox-password',
} as const;

export const tokenPath = '/services/oauth2/token';

const organization15 = '00D5g000004XyZq';
/** Two hours, the vendor's default session; the answer does not say it. */
const sessionSeconds = 7200;
/** The vendor takes assertions that end within minutes. */
const maxAssertionSeconds = 300;

type Form = Readonly<Record<string, string>>;

function refuse(error: string, description: string): never {
  throw new Refusal(oauthError(error, description));
}

/** Adds the token endpoint with the grants that need no browser. */
export function addTokenPath(api: FastifyInstance, world: SandboxWorld): void {
  world.tokens.allowRefresh(credentials.refreshToken);
  api.post(tokenPath, async (request, reply) => {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded'))
      refuse('unsupported_grant_type', 'grant type not supported');
    const form = formBody(request.body);
    checkGrant(form, world);
    await reply.header('cache-control', 'no-store').send(issue(form, world));
  });
}

function checkGrant(form: Form, world: SandboxWorld): void {
  const grant = form.grant_type;
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
    checkAssertion(form.assertion, world.clock.now());
    return;
  }
  if (grant !== 'client_credentials' && grant !== 'refresh_token' && grant !== 'password') {
    refuse('unsupported_grant_type', 'grant type not supported');
  }
  if (form.client_id !== credentials.clientId) refuse('invalid_client_id', 'client identifier invalid');
  const isSecretNeeded = grant !== 'refresh_token' || form.client_secret !== undefined;
  if (isSecretNeeded && form.client_secret !== credentials.clientSecret)
    refuse('invalid_client', 'invalid client credentials');
  if (grant === 'refresh_token' && !world.tokens.isRefreshAllowed(form.refresh_token ?? '')) {
    refuse('invalid_grant', 'expired access/refresh token');
  }
  // The real password is the password with the security token behind it; any suffix is taken for that token.
  const isKnown = form.username === credentials.username && (form.password ?? '').startsWith(credentials.password);
  if (grant === 'password' && !isKnown) refuse('invalid_grant', 'authentication failure');
}

/** Checks the form of a JWT bearer assertion; the sandbox holds no certificate, so the signature is only looked for. */
function checkAssertion(assertion: string | undefined, nowMs: number): void {
  const [header, claims, signature, ...more] = (assertion ?? '').split('.').map((part) => decodePart(part));
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) {
    refuse('invalid_grant', 'invalid assertion');
  }
  if (header.json?.alg !== 'RS256' || signature.bytes === 0) refuse('invalid_grant', 'invalid assertion');
  const { iss, sub, aud, exp } = claims.json ?? {};
  if (iss !== credentials.clientId) refuse('invalid_client_id', 'client identifier invalid');
  if (typeof aud !== 'string' || aud === '') refuse('invalid_grant', 'audience is invalid');
  if (typeof sub !== 'string' || sub === '') refuse('invalid_grant', "user hasn't approved this consumer");
  const lifeSeconds = typeof exp === 'number' ? exp - nowMs / 1000 : Number.NaN;
  if (!(lifeSeconds > 0 && lifeSeconds <= maxAssertionSeconds)) refuse('invalid_grant', 'expired authorization code');
}

function decodePart(part: string): { readonly bytes: number; readonly json: JsonObject | undefined } {
  const bytes = Buffer.from(part, 'base64url');
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return { bytes: bytes.length, json: isJsonObject(value) ? value : undefined };
  } catch {
    // A signature is no JSON, and neither is a broken header; both are judged by the caller.
    return { bytes: bytes.length, json: undefined };
  }
}

function issue(form: Form, world: SandboxWorld): JsonObject {
  const token = `${organization15}!AQ${world.tokens.fresh(94)}`;
  world.tokens.issue(token, world.faults.current.tokenLifeSeconds ?? sessionSeconds);
  const id = `${world.origin()}/id/${withChecksum(organization15)}/${systemUserId}`;
  const issuedAt = String(world.clock.now());
  return {
    access_token: token,
    signature: createHmac('sha256', credentials.clientSecret)
      .update(id + issuedAt)
      .digest('base64'),
    scope: form.grant_type === 'refresh_token' ? 'refresh_token api' : 'api',
    instance_url: world.origin(),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
  };
}
