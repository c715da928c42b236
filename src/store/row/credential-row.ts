/** Credentials and the access token made of them, as rows hold them. */
import type { CredentialLease, RenewedCredentials } from '../credential-leases.ts';
import type { Instance } from '../port.ts';
import type { Sealer } from '../seal.ts';
import { openCredentials } from './instance-row.ts';

export interface LeaseRow {
  owner: string | null;
  free_at: number;
  token: Buffer | null;
}

export interface CredentialsRow {
  credentials: Buffer;
}

export function leaseOf(id: string, { credentials }: CredentialsRow, row: LeaseRow, sealer: Sealer): CredentialLease {
  return {
    credentials: openCredentials(id, credentials, sealer),
    token: row.token === null ? null : sealer.open(row.token, tokenOf(id)),
    // Who gives it back leaves no name.
    isTakenOver: row.owner !== null,
  };
}

/** Whether another holds it now. */
export const isHeld = ({ owner, free_at }: LeaseRow, by: string, now: number): boolean =>
  owner !== null && owner !== by && free_at > now;

export const sealToken = (id: string, token: string, sealer: Sealer): Buffer => sealer.seal(token, tokenOf(id));

/** Whether what was replaced is still there to be replaced. */
export const isCurrent = (stored: Instance['credentials'], { replaces }: RenewedCredentials): boolean =>
  Object.entries(replaces).every(([name, value]) => stored[name] === value);

const tokenOf = (id: string) => ({ table: 'credential_leases', id, field: 'token' });
