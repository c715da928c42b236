import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { formBody, jsonBody, queryOf } from '../body.ts';
import type { JsonObject } from '../json.ts';
import { escapeHtml, pageHeaders } from '../page.ts';
import type { SandboxWorld } from '../vendor.ts';
import { GrantBook } from './grants.ts';

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  realmId: '9130357992222222',
} as const;

const authorizePath = '/connect/oauth2';
const tokenPath = '/oauth2/v1/tokens/bearer';
const revokePath = '/v2/oauth2/tokens/revoke';
const discoveryPath = '/.well-known/openid_configuration';

export const oauthPaths: readonly string[] = [authorizePath, tokenPath, revokePath, discoveryPath];

const accountingScope = 'com.intuit.quickbooks.accounting';
const lifeSeconds = 3600;

function refuse(status: number, error: string, description?: string): never {
  const body = description === undefined ? { error } : { error, error_description: description };
  throw new Refusal({ status, body });
}

/** Adds the page where a person consents, the token endpoint, the revocation and the document that names them. */
export function addOAuthPaths(api: FastifyInstance, world: SandboxWorld): void {
  const grants = new GrantBook(world, credentials.refreshToken);
  addConsent(api, grants);
  api.post(tokenPath, async (request, reply) => {
    checkClient(request.headers.authorization);
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded')) refuse(400, 'invalid_request');
    await reply.header('cache-control', 'no-store').send(issue(formBody(request.body), grants, world));
  });
  api.post(revokePath, async (request, reply) => {
    checkClient(request.headers.authorization);
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const unreadable = () => ({ status: 400, body: { error: 'invalid_request' } });
    const { token } = isForm ? formBody(request.body) : jsonBody(request.body, unreadable);
    if (typeof token !== 'string' || !grants.revoke(token)) refuse(400, 'invalid_request');
    await reply.code(200).send();
  });
  api.get(discoveryPath, async () => ({
    issuer: world.origin(),
    authorization_endpoint: world.origin() + authorizePath,
    token_endpoint: world.origin() + tokenPath,
    revocation_endpoint: world.origin() + revokePath,
    response_types_supported: ['code'],
    scopes_supported: [accountingScope],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  }));
}

/** The page a browser is sent to. The vendor knows its apps' redirect URIs; the sandbox takes any of http and https. */
function addConsent(api: FastifyInstance, grants: GrantBook): void {
  api.get(authorizePath, async (request, reply) => {
    checkConsent(request);
    const action = escapeHtml(request.url);
    await reply
      .headers(pageHeaders)
      .type('text/html; charset=UTF-8')
      .send(
        `<!DOCTYPE html><html lang="en"><head><title>Connect</title></head><body><h1>Connect company ${credentials.realmId}?</h1>
<form method="post" action="${action}"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></form></body></html>
`,
      );
  });
  api.post(authorizePath, async (request: FastifyRequest, reply: FastifyReply) => {
    const { redirect_uri = '', state } = checkConsent(request);
    const target = new URL(redirect_uri);
    if (formBody(request.body).decision === 'deny') target.searchParams.set('error', 'access_denied');
    else target.searchParams.set('code', grants.code(redirect_uri));
    if (state !== undefined) target.searchParams.set('state', state);
    if (!target.searchParams.has('error')) target.searchParams.set('realmId', credentials.realmId);
    await reply.redirect(target.href, 302);
  });
}

function checkConsent(request: FastifyRequest): Readonly<Record<string, string>> {
  const query = queryOf(request.url);
  const { redirect_uri = '' } = query;
  if (query.client_id !== credentials.clientId) refuse(400, 'invalid_client', 'The client_id is unknown');
  if (query.response_type !== 'code') refuse(400, 'unsupported_response_type');
  if (!(query.scope ?? '').split(' ').includes(accountingScope)) refuse(400, 'invalid_scope');
  const isUsable = URL.canParse(redirect_uri) && /^https?:\/\/[^#]+$/.test(redirect_uri);
  if (!isUsable) refuse(400, 'invalid_request', 'The redirect_uri is missing or invalid');
  return query;
}

/** The vendor takes the client's name and secret in the Basic scheme only. */
function checkClient(authorization: string | undefined): void {
  const encoded = /^basic +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  if (given !== `${credentials.clientId}:${credentials.clientSecret}`) refuse(401, 'invalid_client');
}

function issue(form: Readonly<Record<string, string>>, grants: GrantBook, world: SandboxWorld): JsonObject {
  const life = world.faults.current.tokenLifeSeconds ?? lifeSeconds;
  const issued = grantOf(form, grants, life);
  return {
    token_type: 'bearer',
    access_token: issued.accessToken,
    expires_in: life,
    refresh_token: issued.refreshToken,
    x_refresh_token_expires_in: issued.refreshLifeSeconds,
  };
}

function grantOf(form: Readonly<Record<string, string>>, grants: GrantBook, life: number) {
  if (form.grant_type === 'authorization_code') {
    const issued = grants.redeem(form.code ?? '', form.redirect_uri ?? '', life);
    return issued ?? refuse(400, 'invalid_grant', 'Invalid authorization code');
  }
  if (form.grant_type !== 'refresh_token') return refuse(400, 'unsupported_grant_type');
  const issued = grants.refresh(form.refresh_token ?? '', life);
  return issued ?? refuse(400, 'invalid_grant', 'Incorrect or invalid refresh token');
}
