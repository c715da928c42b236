import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';

export type TokenState = 'valid' | 'expired' | 'unknown';

/** What the token book keeps of an access token. */
interface Issued {
  readonly expiresAtMs: number;
}

/** The access and refresh tokens that a sandbox has given out. Values follow from the serial, so a run can be repeated. */
export class TokenBook {
  readonly #clock: Clock;
  readonly #access = new Map<string, Issued>();
  readonly #refresh = new Set<string>();
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Letters and digits that no two calls share. */
  fresh(length: number): string {
    this.#serial += 1;
    let text = '';
    for (let block = 0; text.length < length; block += 1) {
      text += createHash('sha256').update(`token ${this.#serial} ${block}`).digest('base64url').replace(/[-_]/g, '');
    }
    return text.slice(0, length);
  }

  /** Makes an access token valid for so long. */
  issue(token: string, lifeSeconds: number): void {
    this.#access.set(token, { expiresAtMs: this.#clock.now() + lifeSeconds * 1000 });
  }

  state(token: string): TokenState {
    const issued = this.#access.get(token);
    if (issued === undefined) return 'unknown';
    return issued.expiresAtMs > this.#clock.now() ? 'valid' : 'expired';
  }

  /** Milliseconds since the token ran out; negative while it is valid, undefined when it was never issued. */
  expiredForMs(token: string): number | undefined {
    const issued = this.#access.get(token);
    return issued === undefined ? undefined : this.#clock.now() - issued.expiresAtMs;
  }

  /** Ends every access token now; refresh tokens stay good. */
  expireAll(): void {
    for (const token of this.#access.keys()) this.#access.set(token, { expiresAtMs: this.#clock.now() });
  }

  allowRefresh(token: string): void {
    this.#refresh.add(token);
  }

  /** Ends one refresh token, where another takes its place. */
  endRefresh(token: string): void {
    this.#refresh.delete(token);
  }

  /** Ends every access and refresh token now, as an administrator does who removes the app. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  isRefreshAllowed(token: string): boolean {
    return this.#refresh.has(token);
  }
}
