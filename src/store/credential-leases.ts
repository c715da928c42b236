/** The part of the port by which one process at a time renews the credentials of an instance. */

/** The sole right to renew the credentials of an instance, and what they are while it is held. */
export interface CredentialLease {
  readonly credentials: Readonly<Record<string, string>>;
  /** What `saveRenewed` kept for whoever uses the instance; null after credentials were changed by hand. */
  readonly token: string | null;
  /** Who held the lease before never gave it back: what it was given by the vendor may be lost. */
  readonly isTakenOver: boolean;
}

export interface RenewedCredentials {
  /** What the changed ones were made from: when these are no longer stored, nothing is. */
  readonly replaces: Readonly<Record<string, string>>;
  readonly changed: Readonly<Record<string, string>>;
  /** The access token, as its user writes it; null when there is none to share. */
  readonly token: string | null;
  readonly now: number;
}

/** A lease of credentials, by whom and for how long. */
export interface CredentialLeaseRequest {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

export interface CredentialLeases {
  /** Takes the lease of an instance's credentials, or takes it again; null while another holds it or when it is gone. */
  leaseCredentials(id: string, request: CredentialLeaseRequest): Promise<CredentialLease | null>;
  renewCredentialLease(id: string, request: CredentialLeaseRequest): Promise<boolean>;
  /**
   * Stores what the vendor made of credentials, before it is used. Whether the lease is still held does not matter: what
   * it protects is that one value is spent once, and only the value that was spent is replaced. False when it is gone.
   */
  saveRenewed(id: string, renewed: RenewedCredentials): Promise<boolean>;
  releaseCredentials(id: string, owner: string): Promise<void>;
}
