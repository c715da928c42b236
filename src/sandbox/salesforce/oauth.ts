import { createHmac, verify } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../answer.ts';
import { formBody } from '../body.ts';
import { addConsentPage, type ConsentDesk, isRedirectUri } from '../consent.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { oauthError } from './answers.ts';
import { withChecksum } from './ids.ts';
import { privateKey, publicKey } from './key.ts';
import { systemUserId } from './shape.ts';

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  username: 'admin@sandbox.example',
  password: 'sandbox-password',
  privateKey,
} as const;

export const tokenPath = '/services/oauth2/token';
const authorizePath = '/services/oauth2/authorize';
/** The vendor's authorization codes live fifteen minutes. */
const codeLifeMs = 15 * 60_000;

const organization15 = '00D5g000004XyZq';
/** Two hours, the vendor's default session; the answer does not say it. */
const sessionSeconds = 7200;
/** The vendor takes assertions that end within minutes. */
const maxAssertionSeconds = 300;

type Form = Readonly<Record<string, string>>;

function refuse(error: string, description: string): never {
  throw new Refusal(oauthError(error, description));
}

/** Adds the authorize page, the token endpoint and the revocation. */
export function addOAuthPaths(api: FastifyInstance, world: SandboxWorld): void {
  world.tokens.allowRefresh(credentials.refreshToken);
  const desk = addConsentPage(api, {
    path: authorizePath,
    title: 'Allow the app access to your org?',
    codeLifeMs,
    clock: world.clock,
    tokens: world.tokens,
    check: checkAuthorize,
  });
  api.post('/services/oauth2/revoke', async (request, reply) => {
    if (!world.tokens.isRefreshAllowed(formBody(request.body).token ?? ''))
      refuse('unsupported_token_type', 'this token type is not supported');
    world.tokens.revokeAll();
    await reply.code(200).send();
  });
  api.post(tokenPath, async (request, reply) => {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded'))
      refuse('unsupported_grant_type', 'grant type not supported');
    const form = formBody(request.body);
    const refreshToken = checkGrant(form, world, desk);
    await reply.header('cache-control', 'no-store').send(issue(form, world, refreshToken));
  });
}

function checkAuthorize(query: Form): void {
  if (query.client_id !== credentials.clientId) refuse('invalid_client_id', 'client identifier invalid');
  if (query.response_type !== 'code') refuse('unsupported_response_type', 'response type must be code or token');
  if (!isRedirectUri(query.redirect_uri)) refuse('redirect_uri_mismatch', 'redirect_uri must match configuration');
  const isPlain = query.code_challenge_method !== undefined && query.code_challenge_method !== 'S256';
  if (isPlain) refuse('invalid_request', 'invalid code challenge method');
}

/** Refuses a grant as the vendor does; answers the refresh token that comes with a code, and with another where the app rotates them. */
function checkGrant(form: Form, world: SandboxWorld, desk: ConsentDesk): string | undefined {
  const grant = form.grant_type;
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
    checkAssertion(form.assertion, world.clock.now());
    return undefined;
  }
  if (grant === 'authorization_code') return redeem(form, world, desk);
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
  if (grant === 'refresh_token' && world.faults.current.rotateRefreshTokens) {
    world.tokens.endRefresh(form.refresh_token ?? '');
    return freshRefreshToken(world);
  }
  // The real password is the password with the security token behind it; any suffix is taken for that token.
  const isKnown = form.username === credentials.username && (form.password ?? '').startsWith(credentials.password);
  if (grant === 'password' && !isKnown) refuse('invalid_grant', 'authentication failure');
  return undefined;
}

/** A refresh token comes only when it was asked for. */
function redeem(form: Form, world: SandboxWorld, desk: ConsentDesk): string | undefined {
  if (form.client_id !== credentials.clientId) refuse('invalid_client_id', 'client identifier invalid');
  if (form.client_secret !== credentials.clientSecret) refuse('invalid_client', 'invalid client credentials');
  const consent = desk.redeem(form) ?? refuse('invalid_grant', 'invalid authorization code');
  if (!/\b(refresh_token|offline_access)\b/.test(consent.scope)) return undefined;
  return freshRefreshToken(world);
}

function freshRefreshToken({ tokens }: SandboxWorld): string {
  const refreshToken = `5Aep${tokens.fresh(83)}`;
  tokens.allowRefresh(refreshToken);
  return refreshToken;
}

/** Checks a JWT bearer assertion, its signature by the app's certificate. */
function checkAssertion(assertion: string | undefined, nowMs: number): void {
  const parts = (assertion ?? '').split('.');
  const [header, claims, signature, ...more] = parts.map((part) => decodePart(part));
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) {
    refuse('invalid_grant', 'invalid assertion');
  }
  if (
    header.json?.alg !== 'RS256' ||
    !verify('sha256', Buffer.from(parts.slice(0, 2).join('.')), publicKey, signature.bytes)
  )
    refuse('invalid_grant', 'invalid assertion');
  const { iss, sub, aud, exp } = claims.json ?? {};
  if (iss !== credentials.clientId) refuse('invalid_client_id', 'client identifier invalid');
  if (typeof aud !== 'string' || aud === '') refuse('invalid_grant', 'audience is invalid');
  if (sub !== credentials.username) refuse('invalid_grant', "user hasn't approved this consumer");
  const lifeSeconds = typeof exp === 'number' ? exp - nowMs / 1000 : Number.NaN;
  if (!(lifeSeconds > 0 && lifeSeconds <= maxAssertionSeconds)) refuse('invalid_grant', 'expired authorization code');
}

function decodePart(part: string): { readonly bytes: Buffer; readonly json: JsonObject | undefined } {
  const bytes = Buffer.from(part, 'base64url');
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return { bytes, json: isJsonObject(value) ? value : undefined };
  } catch {
    // A signature is no JSON, and neither is a broken header; both are judged by the caller.
    return { bytes, json: undefined };
  }
}

function issue(form: Form, world: SandboxWorld, refreshToken: string | undefined): JsonObject {
  const token = `${organization15}!AQ${world.tokens.fresh(94)}`;
  world.tokens.issue(token, world.faults.current.tokenLifeSeconds ?? sessionSeconds);
  const id = `${world.origin()}/id/${withChecksum(organization15)}/${systemUserId}`;
  const issuedAt = String(world.clock.now());
  return {
    access_token: token,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    signature: createHmac('sha256', credentials.clientSecret)
      .update(id + issuedAt)
      .digest('base64'),
    scope: form.grant_type === 'refresh_token' || refreshToken !== undefined ? 'refresh_token api' : 'api',
    instance_url: world.origin(),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
  };
}
