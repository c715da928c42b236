import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../answer.ts';
import { formBody, jsonBody, queryOf } from '../body.ts';
import type { JsonObject } from '../json.ts';
import { escapeHtml, pageHeaders } from '../page.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuseToken } from './answers.ts';
import { allScopes, credentials } from './credentials.ts';
import { refreshLifeSeconds, type Sessions } from './sessions.ts';

/** An hour for an expiring offline token, a day for one of the client credentials. */
const offlineLifeSeconds = 3600;
const ownLifeSeconds = 86_399;

type Fields = Readonly<Record<string, string>>;

/** Adds the browser's consent page and the token endpoint. */
export function addOauthPaths(api: FastifyInstance, world: SandboxWorld, sessions: Sessions): void {
  api.get('/admin/oauth/authorize', async (request, reply) => {
    const query = queryOf(request.url);
    const problem = problemOf(query);
    if (problem !== undefined) return sendPage(reply, 400, `<p>Oauth error ${escapeHtml(problem)}</p>`);
    return sendPage(reply, 200, consentForm(query));
  });
  api.post('/admin/oauth/authorize', async (request, reply) => {
    const form = formBody(request.body);
    const problem = problemOf(form);
    if (problem !== undefined) return sendPage(reply, 400, `<p>Oauth error ${escapeHtml(problem)}</p>`);
    await reply
      .code(302)
      .header('location', callbackUrl(form, sessions.giveCode(scopesOf(form)), world.clock.now()))
      .send();
  });
  api.get('/admin/oauth/access_scopes.json', async (request) => {
    const token = request.headers['x-shopify-access-token'];
    const session = sessions.find(typeof token === 'string' ? token : undefined) ?? refuseToken();
    return { access_scopes: [...session.scopes].map((handle) => ({ handle })) };
  });
  api.post('/admin/oauth/access_token', async (request, reply) => {
    const type = request.headers['content-type'] ?? '';
    const isForm = type.startsWith('application/x-www-form-urlencoded');
    const fields = isForm ? formBody(request.body) : textsOf(jsonBody(request.body, answers.unreadable));
    await reply.header('cache-control', 'no-store').send(grant(fields, world, sessions));
  });
}

const textsOf = (body: JsonObject): Fields =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

function problemOf(fields: Fields): string | undefined {
  if (fields.client_id !== credentials.clientId)
    return `invalid_request: Could not find Shopify API application with api_key ${fields.client_id ?? ''}`;
  if (scopesOf(fields).some((scope) => !allScopes.includes(scope))) return `invalid_scope: ${fields.scope}`;
  const redirect = URL.canParse(fields.redirect_uri ?? '') ? new URL(fields.redirect_uri ?? '') : undefined;
  return redirect !== undefined && /^https?:$/.test(redirect.protocol)
    ? undefined
    : 'invalid_request: The redirect_uri is not whitelisted';
}

/** The scopes asked for, parted by commas or spaces; none asked for is all that the app is set up with. */
function scopesOf(fields: Fields): readonly string[] {
  const asked = (fields.scope ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  return asked.length === 0 ? allScopes : [...new Set(asked)].toSorted();
}

function consentForm(query: Fields): string {
  const inputs = ['client_id', 'scope', 'redirect_uri', 'state']
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(query[name] ?? '')}">`)
    .join('');
  const scopes = scopesOf(query)
    .map((scope) => `<li><code>${escapeHtml(scope)}</code></li>`)
    .join('');
  return `<h1>Install the app on ${credentials.shop}?</h1><p>It will be able to:</p><ul>${scopes}</ul>
<form method="post" action="/admin/oauth/authorize">${inputs}<button>Install</button></form>`;
}

function sendPage(reply: FastifyReply, status: number, body: string): FastifyReply {
  const page = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${credentials.shop}</title></head><body>${body}</body></html>`;
  return reply.code(status).headers(pageHeaders).type('text/html; charset=utf-8').send(page);
}

/**
 * Signs the parameters of a callback: hex HMAC-SHA256 of the query without `hmac`, names sorted (shopify.dev, "Verify a request"; the
 * vendor's library encodes the values as a form does).
 */
export function signCallback(parameters: Fields, secret: string): string {
  const sorted = new URLSearchParams(Object.entries(parameters));
  sorted.delete('hmac');
  sorted.sort();
  return createHmac('sha256', secret).update(sorted.toString()).digest('hex');
}

function callbackUrl(fields: Fields, code: string, nowMs: number): string {
  const parameters: Fields = {
    code,
    host: Buffer.from(`${credentials.shop}/admin`).toString('base64').replace(/=+$/, ''),
    shop: credentials.shop,
    ...(fields.state === undefined || fields.state === '' ? {} : { state: fields.state }),
    timestamp: String(Math.floor(nowMs / 1000)),
  };
  const target = new URL(fields.redirect_uri ?? '');
  const signed = { ...parameters, hmac: signCallback(parameters, credentials.clientSecret) };
  for (const [name, value] of Object.entries(signed)) target.searchParams.set(name, value);
  return target.href;
}

function refuseGrant(status: number, error: string, description: string): never {
  throw new Refusal({ status, body: { error, error_description: description } });
}

function grant(fields: Fields, world: SandboxWorld, sessions: Sessions): JsonObject {
  if (fields.client_id !== credentials.clientId)
    refuseGrant(
      400,
      'invalid_request',
      `Could not find Shopify API application with api_key ${fields.client_id ?? ''}`,
    );
  if (fields.client_secret !== credentials.clientSecret)
    refuseGrant(400, 'invalid_client', 'The client secret is invalid');
  const life = (own: number): number => world.faults.current.tokenLifeSeconds ?? own;
  const expiring = (scopes: readonly string[], refreshToken: string): JsonObject => ({
    access_token: sessions.issue(scopes, life(offlineLifeSeconds)),
    scope: scopes.join(','),
    expires_in: life(offlineLifeSeconds),
    refresh_token: refreshToken,
    refresh_token_expires_in: refreshLifeSeconds,
  });
  switch (fields.grant_type ?? 'authorization_code') {
    case 'authorization_code': {
      const scopes = sessions.takeCode(fields.code ?? '');
      if (scopes === undefined)
        return refuseGrant(400, 'invalid_request', 'The authorization code was not found or was already used');
      if (fields.expiring === '1' || fields.expiring === 'true') return expiring(scopes, sessions.startChain(scopes));
      return { access_token: sessions.issue(scopes, undefined), scope: scopes.join(',') };
    }
    case 'refresh_token': {
      const rotated = sessions.rotate(fields.refresh_token ?? '');
      // Final at the vendor: the app must be authorised anew.
      if (rotated === undefined)
        return refuseGrant(401, 'invalid_request', 'This request requires an active refresh_token');
      return expiring(rotated.scopes, rotated.next);
    }
    case 'client_credentials':
      return {
        access_token: sessions.issue(allScopes, life(ownLifeSeconds)),
        scope: allScopes.join(','),
        expires_in: life(ownLifeSeconds),
      };
    default:
      return refuseGrant(400, 'unsupported_grant_type', 'The grant type is not supported');
  }
}
