import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../answer.ts';
import { formBody, queryOf } from '../body.ts';
import type { JsonObject } from '../json.ts';
import { escapeHtml } from '../page.ts';
import type { SandboxWorld } from '../vendor.ts';
import { guidOf } from './ids.ts';

const tenant = guidOf('tenant');

/** What a client enters to connect; all invented, valid in every sandbox. */
export const credentials = {
  tenantId: tenant,
  clientId: guidOf('application'),
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  /** Its role reads all tables but opportunities, and writes none. */
  readerClientId: guidOf('application of a reader'),
} as const;

const tokenPath = `/${tenant}/oauth2/v2.0/token`;
const authorizePath = `/${tenant}/oauth2/v2.0/authorize`;
export const tokenPaths = [tokenPath, authorizePath] as const;

const lifeSeconds = 3599;
const codeLifeMs = 600_000;

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly scope: string;
  readonly expiresAtMs: number;
}

type Form = Readonly<Record<string, string>>;

/** The sign-in service: tokens for applications, and codes for people who agree on a page. */
export class Directory {
  readonly #world: SandboxWorld;
  readonly #codes = new Map<string, Code>();
  readonly #readers = new Set<string>();

  constructor(world: SandboxWorld) {
    this.#world = world;
    world.tokens.allowRefresh(credentials.refreshToken);
  }

  /** Whether the token was given to the application that may only read. */
  isReader(token: string): boolean {
    return this.#readers.has(token);
  }

  addPaths(api: FastifyInstance): void {
    api.post(tokenPath, async (request, reply) => {
      const form = formBody(request.body);
      await reply.header('cache-control', 'no-store, no-cache').send(this.#grant(form));
    });
    api.get(authorizePath, async (request, reply) => {
      this.#checkAuthorize(queryOf(request.url));
      await reply.type('text/html; charset=utf-8').send(consentPage(queryOf(request.url)));
    });
    api.post(authorizePath, async (request, reply) => {
      const query = this.#checkAuthorize(queryOf(request.url));
      await reply.redirect(this.#agree(query, formBody(request.body).decision === 'accept'), 302);
    });
    api.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request) =>
      this.#refuse(400, 'invalid_request', 90002, `Tenant '${request.params.tenant}' not found.`),
    );
  }

  #refuse(status: number, error: string, code: number, text: string): never {
    const at = `${new Date(this.#world.clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
    const trace = guidOf(`trace ${at}`);
    const correlation = guidOf(`correlation ${at}`);
    throw new Refusal({
      status,
      body: {
        error,
        error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${at}`,
        error_codes: [code],
        timestamp: at,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      },
    });
  }

  #need(form: Form, name: string): string {
    const value = form[name] ?? '';
    if (value !== '') return value;
    const text = `The request body must contain the following parameter: '${name}'.`;
    return this.#refuse(400, 'invalid_request', 900144, text);
  }

  #checkClient(clientId: string): void {
    if (clientId === credentials.clientId || clientId === credentials.readerClientId) return;
    const text = `Application with identifier '${clientId}' was not found in the directory 'Sandbox'.`;
    this.#refuse(400, 'unauthorized_client', 700016, text);
  }

  #grant(form: Form): JsonObject {
    const grant = this.#need(form, 'grant_type');
    if (grant !== 'client_credentials' && grant !== 'authorization_code' && grant !== 'refresh_token') {
      return this.#refuse(
        400,
        'unsupported_grant_type',
        70003,
        `The app requested an unsupported grant type '${grant}'.`,
      );
    }
    const clientId = this.#need(form, 'client_id');
    this.#checkClient(clientId);
    if (form.client_secret === undefined) {
      const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
      this.#refuse(401, 'invalid_client', 7000218, text);
    }
    if (form.client_secret !== credentials.clientSecret) {
      const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
      this.#refuse(401, 'invalid_client', 7000215, text);
    }
    if (grant === 'client_credentials') {
      this.#checkApplicationScope(this.#need(form, 'scope'));
      return this.#issue(clientId, undefined);
    }
    if (grant === 'authorization_code') return this.#issue(clientId, this.#redeem(form, clientId));
    if (!this.#world.tokens.isRefreshAllowed(this.#need(form, 'refresh_token'))) {
      this.#refuse(
        400,
        'invalid_grant',
        70000,
        "The provided value for the input parameter 'refresh_token' is not valid.",
      );
    }
    if (this.#world.faults.current.rotateRefreshTokens) this.#world.tokens.endRefresh(form.refresh_token ?? '');
    return this.#issue(clientId, form.scope ?? `${this.#world.origin()}/user_impersonation offline_access`);
  }

  #checkApplicationScope(scope: string): void {
    if (!scope.endsWith('/.default')) {
      const text = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
      this.#refuse(400, 'invalid_scope', 1002012, text);
    }
    const resource = scope.slice(0, -'/.default'.length).replace(/\/$/, '');
    const isKnown =
      resource === this.#world.origin() || /^https:\/\/[\w-]+(\.api)?\.crm\d*\.dynamics\.com$/.test(resource);
    if (isKnown) return;
    const text = `The resource principal named ${resource} was not found in the tenant named Sandbox.`;
    this.#refuse(400, 'invalid_resource', 500011, text);
  }

  /** Takes a code once; answers the scope it was given for. */
  #redeem(form: Form, clientId: string): string {
    const text = this.#need(form, 'code');
    const redirectUri = this.#need(form, 'redirect_uri');
    const code = this.#codes.get(text);
    this.#codes.delete(text);
    if (code === undefined || code.clientId !== clientId) {
      return this.#refuse(400, 'invalid_grant', 70000, "The provided value for the 'code' parameter is not valid.");
    }
    if (code.expiresAtMs <= this.#world.clock.now()) {
      this.#refuse(
        400,
        'invalid_grant',
        70008,
        'The provided authorization code or refresh token has expired due to inactivity.',
      );
    }
    if (code.redirectUri !== redirectUri) {
      this.#refuse(
        400,
        'invalid_grant',
        500112,
        'The reply address does not match the reply address provided when requesting the code.',
      );
    }
    const proof = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url');
    if (code.challenge !== undefined && proof !== code.challenge) {
      this.#refuse(
        400,
        'invalid_grant',
        501481,
        'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
      );
    }
    return code.scope;
  }

  #issue(clientId: string, scope: string | undefined): JsonObject {
    const { tokens, faults } = this.#world;
    const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { aud: this.#world.origin(), tid: tenant, appid: clientId };
    const token = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${tokens.fresh(342)}`;
    const life = faults.current.tokenLifeSeconds ?? lifeSeconds;
    tokens.issue(token, life);
    if (clientId === credentials.readerClientId) this.#readers.add(token);
    const answer = { token_type: 'Bearer', expires_in: life, ext_expires_in: life, access_token: token };
    if (scope === undefined) return answer;
    const refresh = scope.split(' ').includes('offline_access') ? { refresh_token: this.#freshRefresh() } : {};
    return { ...answer, scope, ...refresh };
  }

  /** A new one each time; the service lets the old one live on, unless the faults say otherwise. */
  #freshRefresh(): string {
    const token = `1.${this.#world.tokens.fresh(200)}`;
    this.#world.tokens.allowRefresh(token);
    return token;
  }

  #checkAuthorize(query: Form): Form {
    this.#checkClient(this.#need(query, 'client_id'));
    const type = this.#need(query, 'response_type');
    if (type !== 'code')
      this.#refuse(
        400,
        'unsupported_response_type',
        700054,
        `response_type '${type}' is not enabled for the application.`,
      );
    this.#need(query, 'scope');
    const redirectUri = this.#need(query, 'redirect_uri');
    if (!/^https?:$/.test(URL.parse(redirectUri)?.protocol ?? '')) {
      this.#refuse(400, 'invalid_request', 90102, `'redirect_uri' value must be a valid absolute URI.`);
    }
    if (query.code_challenge !== undefined && query.code_challenge_method !== 'S256') {
      this.#refuse(400, 'invalid_request', 9002326, 'The sandbox takes code_challenge_method S256 only.');
    }
    return query;
  }

  #agree(query: Form, isAccepted: boolean): string {
    const target = new URL(query.redirect_uri ?? '');
    if (isAccepted) {
      const code = `1.${this.#world.tokens.fresh(120)}`;
      this.#codes.set(code, {
        clientId: query.client_id ?? '',
        redirectUri: query.redirect_uri ?? '',
        challenge: query.code_challenge,
        scope: query.scope ?? '',
        expiresAtMs: this.#world.clock.now() + codeLifeMs,
      });
      target.searchParams.set('code', code);
    } else {
      target.searchParams.set('error', 'access_denied');
      target.searchParams.set('error_description', 'AADSTS65004: User declined to consent to access the app.');
    }
    if (query.state !== undefined) target.searchParams.set('state', query.state);
    return target.href;
  }
}

function consentPage(query: Form): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Permissions requested</title></head><body>
<h1>Permissions requested</h1><p>The application ${escapeHtml(query.client_id ?? '')} asks for: ${escapeHtml(query.scope ?? '')}</p>
<form method="post"><button name="decision" value="accept">Accept</button> <button name="decision" value="cancel">Cancel</button></form>
</body></html>
`;
}
