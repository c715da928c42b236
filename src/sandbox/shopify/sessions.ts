import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { allScopes, credentials } from './credentials.ts';

/** What a token may do. */
export interface Session {
  readonly scopes: ReadonlySet<string>;
}

interface Code {
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** One chain of refresh tokens. A token is good until one of a later generation is used. */
interface Chain {
  readonly scopes: readonly string[];
  used: number;
}

interface Refresh {
  readonly chain: Chain;
  readonly generation: number;
  readonly expiresAtMs: number;
}

const codeLifeMs = 600_000;
export const refreshLifeSeconds = 7_776_000;

/** The codes and tokens that a shop has given out, and what each is good for. */
export class Sessions {
  readonly #world: SandboxWorld;
  readonly #codes = new Map<string, Code>();
  readonly #refreshes = new Map<string, Refresh>();
  readonly #scopes = new Map<string, readonly string[]>();

  constructor(world: SandboxWorld) {
    this.#world = world;
    this.#scopes.set(credentials.accessToken, allScopes);
    world.tokens.issue(credentials.accessToken, Number.POSITIVE_INFINITY);
    const chain = { scopes: allScopes, used: 0 };
    world.tokens.allowRefresh(credentials.refreshToken);
    this.#refreshes.set(credentials.refreshToken, { chain, generation: 0, expiresAtMs: Number.POSITIVE_INFINITY });
  }

  /** The session of a token; undefined when it is unknown or has run out. */
  find(token: string | undefined): Session | undefined {
    const scopes = token === undefined ? undefined : this.#scopes.get(token);
    return scopes !== undefined && this.#world.tokens.state(token ?? '') === 'valid'
      ? { scopes: new Set(scopes) }
      : undefined;
  }

  /** Makes an access token; without a life it does not run out. */
  issue(scopes: readonly string[], lifeSeconds: number | undefined): string {
    const token = `shpat_${this.#world.tokens.fresh(32)}`;
    this.#world.tokens.issue(token, lifeSeconds ?? Number.POSITIVE_INFINITY);
    this.#scopes.set(token, scopes);
    return token;
  }

  /** Makes a code that is good once, for some minutes. */
  giveCode(scopes: readonly string[]): string {
    const code = this.#world.tokens.fresh(32).toLowerCase();
    this.#codes.set(code, { scopes, expiresAtMs: this.#world.clock.now() + codeLifeMs });
    return code;
  }

  /** The scopes behind a code, which is used up; undefined for a code that is unknown, used or too old. */
  takeCode(code: string): readonly string[] | undefined {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    return known !== undefined && known.expiresAtMs > this.#world.clock.now() ? known.scopes : undefined;
  }

  /** The first refresh token of a new chain. */
  startChain(scopes: readonly string[]): string {
    return this.#addRefresh({ scopes, used: 0 }, 0);
  }

  /**
   * Uses a refresh token: it answers its scopes and the one that follows it. The vendor keeps the token before good until the new one is
   * used, so that an answer that got lost can be asked for again. Undefined for a token that is unknown, replaced or too old.
   */
  rotate(token: string): { readonly scopes: readonly string[]; readonly next: string } | undefined {
    const known = this.#refreshes.get(token);
    if (known === undefined || !this.#world.tokens.isRefreshAllowed(token)) return undefined;
    if (known.expiresAtMs <= this.#world.clock.now()) return undefined;
    const { chain, generation } = known;
    if (generation < chain.used) return undefined;
    chain.used = this.#world.faults.current.rotateRefreshTokens ? generation + 1 : generation;
    return { scopes: chain.scopes, next: this.#addRefresh(chain, generation + 1) };
  }

  #addRefresh(chain: Chain, generation: number): string {
    const token = `shprt_${this.#world.tokens.fresh(32)}`;
    const expiresAtMs = this.#world.clock.now() + refreshLifeSeconds * 1000;
    this.#world.tokens.allowRefresh(token);
    this.#refreshes.set(token, { chain, generation, expiresAtMs });
    return token;
  }
}

/** Lets a session do what needs a scope; a write scope reads too. */
export function hasScope(session: Session, scope: string): boolean {
  return session.scopes.has(scope) || session.scopes.has(scope.replace(/^read_/, 'write_'));
}

/** Refuses what needs a scope that the session lacks. */
export function needScope(session: Session, scope: string): void {
  if (!hasScope(session, scope)) refuse(403, `[API] This action requires merchant approval for ${scope} scope.`);
}
