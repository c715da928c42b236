/** Where credentials are kept that several processes renew, one of them at a time. */

/** By the names that the connector declares. */
export type Credentials = Readonly<Record<string, string>>;

export interface CredentialVault {
  /**
   * Waits for the sole right to renew the credentials, does the work, and gives the right back.
   * @param signal ends the waiting, not the work.
   * @throws Failure `lease-lost` when another keeps it for too long, or the instance is gone; the signal's reason.
   */
  hold<T>(signal: AbortSignal, work: (held: HeldCredentials) => Promise<T>): Promise<T>;
}

/** The credentials while nobody else may renew them. */
export interface HeldCredentials {
  readonly credentials: Credentials;
  /** What `save` was given last, here or elsewhere; null for nothing. */
  readonly token: string | null;
  /** Whoever held them before died with a renewal under way. */
  readonly isTakenOver: boolean;
  /** The credentials as they are by now: a person may have given others meanwhile. */
  reread(): Promise<Credentials>;
  /** Stores them, all or nothing. False when what they replace is not there any more. */
  save(renewed: Renewed): Promise<boolean>;
}

export interface Renewed {
  /** What the changed ones were made from, by the same names. */
  readonly replaces: Credentials;
  readonly changed: Credentials;
  /** The access token for all who use these credentials; null for none. */
  readonly token: string | null;
}

/** The vault of a process that is alone with its credentials. */
export function soleVault(
  first: Credentials,
  save: (changed: Credentials) => Promise<void> = async () => undefined,
): CredentialVault {
  let credentials = first;
  return {
    hold: (_, work) =>
      work({
        credentials,
        token: null,
        isTakenOver: false,
        reread: async () => credentials,
        async save({ changed }) {
          if (Object.keys(changed).length > 0) await save(changed);
          credentials = { ...credentials, ...changed };
          return true;
        },
      }),
  };
}
