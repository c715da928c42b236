/** What vendors' authorize pages have in common: a page with two buttons, and codes that are good once. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { formBody, queryOf } from './body.ts';
import type { VirtualClock } from './clock.ts';
import { escapeHtml, pageHeaders } from './page.ts';
import type { TokenBook } from './tokens.ts';

type Texts = Readonly<Record<string, string>>;

/** What a code was given out for. */
export interface Consent {
  readonly redirectUri: string;
  readonly scope: string;
  /** PKCE (RFC 7636), S256; null when the client did not ask for it. */
  readonly codeChallenge: string | null;
}

export interface ConsentOptions {
  readonly path: string;
  readonly title: string;
  readonly codeLifeMs: number;
  readonly clock: VirtualClock;
  readonly tokens: TokenBook;
  /** Refuses what the vendor refuses on its own page, before it sends anybody anywhere. */
  readonly check: (query: Texts) => void;
}

export interface ConsentDesk {
  /** The consent behind a code; undefined when it is unknown, used, too old, for another address or proved wrongly. A code is used up by any try. */
  redeem(form: Texts): Consent | undefined;
}

/** Adds an authorize page. */
export function addConsentPage(api: FastifyInstance, options: ConsentOptions): ConsentDesk {
  const { path, clock, tokens } = options;
  const codes = new Map<string, Consent & { readonly diesAtMs: number }>();

  api.get(path, async (request, reply) => {
    options.check(queryOf(request.url));
    await sendPage(reply, options.title, request.url);
  });
  api.post(path, async (request, reply) => {
    const query = queryOf(request.url);
    options.check(query);
    const target = new URL(query.redirect_uri ?? '');
    if (formBody(request.body).decision === 'approve') {
      const code = tokens.fresh(40);
      codes.set(code, {
        redirectUri: query.redirect_uri ?? '',
        scope: query.scope ?? '',
        codeChallenge: query.code_challenge ?? null,
        diesAtMs: clock.now() + options.codeLifeMs,
      });
      target.searchParams.set('code', code);
    } else target.searchParams.set('error', 'access_denied');
    if (query.state !== undefined) target.searchParams.set('state', query.state);
    await reply.redirect(target.href, 302);
  });

  return {
    redeem(form) {
      const code = form.code ?? '';
      const kept = codes.get(code);
      codes.delete(code);
      if (kept === undefined || kept.redirectUri !== form.redirect_uri || kept.diesAtMs <= clock.now())
        return undefined;
      return kept.codeChallenge === null || kept.codeChallenge === challengeOf(form.code_verifier ?? '')
        ? kept
        : undefined;
    },
  };
}

/** Whether a redirect_uri is one that a browser can be sent to. */
export function isRedirectUri(text: string | undefined): boolean {
  return text !== undefined && URL.canParse(text) && /^https?:\/\/[^#]+$/.test(text);
}

function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

async function sendPage(reply: FastifyReply, title: string, action: string): Promise<void> {
  await reply
    .headers(pageHeaders)
    .type('text/html; charset=UTF-8')
    .send(
      `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Connect</title></head><body><h1>${escapeHtml(title)}</h1>
<form method="post" action="${escapeHtml(action)}"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></form></body></html>
`,
    );
}
