import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../answer.ts';
import { bearerToken, formBody } from '../body.ts';
import { addConsentPage, type ConsentDesk, isRedirectUri } from '../consent.ts';
import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  privateAppToken: 'pat-na1-sandbox',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
} as const;

/** Token endpoints, old and new; the newer ones answer a little more. */
export const tokenPaths = ['/oauth/v1/token', '/oauth/v3/token', '/oauth/2026-03/token'] as const;

export const portalId = 62515;
const lifeSeconds = 1800;
const codeLifeMs = 60_000;
const scopes = [
  'crm.objects.contacts.read',
  'crm.objects.companies.read',
  'crm.objects.deals.read',
  'tickets',
  'oauth',
];

/** The token endpoint's errors have no category: their status names what is wrong. */
function refuseGrant(status: string, message: string): never {
  throw new Refusal({ status: 400, body: { status, message, correlationId: randomUUID() } });
}

/** Adds the authorize page, the token endpoints and the paths that say who a token belongs to. */
export function addOAuthPaths(api: FastifyInstance, world: SandboxWorld): void {
  world.tokens.allowRefresh(credentials.refreshToken);
  const desk = addConsentPage(api, {
    path: '/oauth/authorize',
    title: `Connect the app to account ${portalId}?`,
    codeLifeMs,
    clock: world.clock,
    tokens: world.tokens,
    check: checkAuthorize,
  });
  api.delete<{ Params: { token: string } }>('/oauth/v1/refresh-tokens/:token', async (request, reply) => {
    if (!world.tokens.isRefreshAllowed(request.params.token))
      refuseGrant('BAD_REFRESH_TOKEN', 'missing or invalid refresh token');
    world.tokens.revokeAll();
    await reply.code(204).send();
  });
  for (const path of tokenPaths) {
    api.post(path, async (request) => {
      const type = request.headers['content-type'] ?? '';
      if (!type.startsWith('application/x-www-form-urlencoded'))
        refuseGrant('BAD_REQUEST', 'the body must be form encoded');
      return issue(formBody(request.body), world, desk, path !== '/oauth/v1/token');
    });
  }
  api.get<{ Params: { token: string } }>('/oauth/v1/access-tokens/:token', async (request) => {
    const { token } = request.params;
    const expiredForMs = world.tokens.expiredForMs(token);
    if (expiredForMs === undefined || expiredForMs >= 0)
      return refuse(404, 'OBJECT_NOT_FOUND', 'missing or unknown access token');
    return {
      token,
      user: 'admin@sandbox.example',
      hub_domain: 'sandbox.example',
      scopes,
      hub_id: portalId,
      app_id: 1160452,
      expires_in: Math.floor(-expiredForMs / 1000),
      user_id: 9,
      token_type: 'access',
    };
  });
}

function checkAuthorize(query: Readonly<Record<string, string>>): void {
  if (query.client_id !== credentials.clientId) refuseGrant('BAD_CLIENT_ID', 'missing or invalid client id');
  if (!isRedirectUri(query.redirect_uri)) refuseGrant('BAD_REDIRECT_URI', 'missing or invalid redirect uri');
  const unknown = (query.scope ?? '').split(' ').find((scope) => !scopes.includes(scope));
  if (unknown !== undefined) refuseGrant('BAD_SCOPE', 'missing or unknown scopes');
}

function issue(
  form: Readonly<Record<string, string>>,
  world: SandboxWorld,
  desk: ConsentDesk,
  isNewer: boolean,
): JsonObject {
  if (form.client_id !== credentials.clientId) refuseGrant('BAD_CLIENT_ID', 'missing or invalid client id');
  if (form.client_secret !== credentials.clientSecret)
    refuseGrant('BAD_CLIENT_SECRET', 'missing or invalid client secret');
  const refreshToken = grantOf(form, world, desk);
  const token = `C${world.tokens.fresh(119)}`;
  const life = world.faults.current.tokenLifeSeconds ?? lifeSeconds;
  world.tokens.issue(token, life);
  const answer = {
    token_type: 'bearer',
    refresh_token: refreshToken,
    access_token: token,
    expires_in: life,
  };
  return isNewer ? { ...answer, hub_id: portalId, scopes, user_id: 9 } : answer;
}

/** The refresh token that a grant is for; a code brings a new one, and one that is used stays as it is. */
function grantOf(form: Readonly<Record<string, string>>, world: SandboxWorld, desk: ConsentDesk): string {
  if (form.grant_type === 'authorization_code') {
    if (desk.redeem(form) === undefined) refuseGrant('BAD_AUTH_CODE', 'missing or unknown auth code');
    const refreshToken = `na1-${world.tokens.fresh(32)}`;
    world.tokens.allowRefresh(refreshToken);
    return refreshToken;
  }
  const { refresh_token = '' } = form;
  if (form.grant_type !== 'refresh_token') refuseGrant('BAD_GRANT_TYPE', 'missing or unknown grant type');
  if (!world.tokens.isRefreshAllowed(refresh_token))
    refuseGrant('BAD_REFRESH_TOKEN', 'missing or invalid refresh token');
  return refresh_token;
}

/** Lets a request pass with a valid token; refuses it as the vendor does otherwise. */
export function admit(authorization: string | undefined, world: SandboxWorld): void {
  const token = bearerToken(authorization);
  if (token === credentials.privateAppToken) return;
  const expiredForMs = token === undefined ? undefined : world.tokens.expiredForMs(token);
  if (expiredForMs === undefined) {
    refuse(
      401,
      'INVALID_AUTHENTICATION',
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    );
  }
  if (expiredForMs >= 0) {
    const minutes = Math.floor(expiredForMs / 60_000);
    refuse(401, 'EXPIRED_AUTHENTICATION', `The OAuth token used to make this call expired ${minutes} minute(s) ago.`, {
      errors: [{ message: 'The OAuth token used to make this call expired.' }],
    });
  }
}
