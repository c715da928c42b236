import type { SandboxWorld } from '../vendor.ts';

export interface Issued {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly refreshLifeSeconds: number;
}

/** All tokens that follow from one consent; they end together. */
interface Grant {
  isRevoked: boolean;
  readonly accessTokens: string[];
}

interface RefreshToken {
  readonly grant: Grant;
  readonly issuedAtMs: number;
  readonly diesAtMs: number;
}

const dayMs = 86_400_000;
const codeLifeMs = 600_000;
/** The vendor's 101 days. */
const refreshLifeSeconds = 8_726_400;

/** Codes and refresh tokens: a code is good once, a refresh token is replaced after a day and then good for one day more. */
export class GrantBook {
  readonly #world: SandboxWorld;
  readonly #codes = new Map<string, { readonly redirectUri: string; readonly diesAtMs: number }>();
  readonly #refreshTokens = new Map<string, RefreshToken>();
  readonly #grants = new Map<string, Grant>();

  /** `first` is a refresh token that is good from the start. */
  constructor(world: SandboxWorld, first: string) {
    this.#world = world;
    this.#keep(first, { isRevoked: false, accessTokens: [] });
  }

  /** A code for the client that waits at this address. */
  code(redirectUri: string): string {
    const code = `XAB${this.#world.tokens.fresh(47)}`;
    this.#codes.set(code, { redirectUri, diesAtMs: this.#world.clock.now() + codeLifeMs });
    return code;
  }

  /** Tokens for a code; undefined when it is unknown, used, too old or for another address. A code is used up by any try. */
  redeem(code: string, redirectUri: string, lifeSeconds: number): Issued | undefined {
    const kept = this.#codes.get(code);
    this.#codes.delete(code);
    if (kept === undefined || kept.redirectUri !== redirectUri || kept.diesAtMs <= this.#world.clock.now())
      return undefined;
    return this.#issue({ isRevoked: false, accessTokens: [] }, this.#freshRefreshToken(), lifeSeconds);
  }

  /** Tokens for a refresh token; undefined when it is unknown, replaced, too old or revoked. */
  refresh(token: string, lifeSeconds: number): Issued | undefined {
    const kept = this.#refreshTokens.get(token);
    const nowMs = this.#world.clock.now();
    if (!this.#world.tokens.isRefreshAllowed(token)) return undefined;
    if (kept === undefined || kept.grant.isRevoked || kept.diesAtMs <= nowMs) return undefined;
    const { rotateRefreshTokens } = this.#world.faults.current;
    if (!rotateRefreshTokens && nowMs - kept.issuedAtMs < dayMs) return this.#issue(kept.grant, token, lifeSeconds);
    this.#refreshTokens.set(token, {
      ...kept,
      diesAtMs: rotateRefreshTokens ? nowMs : Math.min(kept.diesAtMs, nowMs + dayMs),
    });
    return this.#issue(kept.grant, this.#freshRefreshToken(), lifeSeconds);
  }

  /** Ends everything that follows from a token's consent; answers whether the token was known. */
  revoke(token: string): boolean {
    const grant = this.#refreshTokens.get(token)?.grant ?? this.#grants.get(token);
    if (grant === undefined) return false;
    grant.isRevoked = true;
    for (const accessToken of grant.accessTokens) this.#world.tokens.issue(accessToken, 0);
    return true;
  }

  #freshRefreshToken(): string {
    return `RT1-${this.#world.tokens.fresh(46)}`;
  }

  #issue(grant: Grant, refreshToken: string, lifeSeconds: number): Issued {
    const accessToken = `eyJ${this.#world.tokens.fresh(157)}`;
    this.#world.tokens.issue(accessToken, lifeSeconds);
    grant.accessTokens.push(accessToken);
    this.#grants.set(accessToken, grant);
    if (!this.#refreshTokens.has(refreshToken)) this.#keep(refreshToken, grant);
    const diesAtMs = this.#refreshTokens.get(refreshToken)?.diesAtMs ?? 0;
    return { accessToken, refreshToken, refreshLifeSeconds: Math.round((diesAtMs - this.#world.clock.now()) / 1000) };
  }

  #keep(token: string, grant: Grant): void {
    const issuedAtMs = this.#world.clock.now();
    this.#world.tokens.allowRefresh(token);
    this.#refreshTokens.set(token, { grant, issuedAtMs, diesAtMs: issuedAtMs + refreshLifeSeconds * 1000 });
  }
}
