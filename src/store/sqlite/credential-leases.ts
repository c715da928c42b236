/** Who may renew the credentials of an instance, and what became of it. */
import type Database from 'better-sqlite3';
import type { CredentialLease, CredentialLeaseRequest, RenewedCredentials } from '../credential-leases.ts';
import { type CredentialsRow, isCurrent, isHeld, type LeaseRow, leaseOf, sealToken } from '../row/credential-row.ts';
import { openCredentials, sealCredentials, withChanges } from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';

export function credentialLeases(db: Database.Database, sealer: Sealer) {
  // One that is gone has them for as long as something is to be removed at its vendor.
  const has = 'id = ? AND length(credentials) > 0';
  const add = db.prepare<[string]>(`INSERT INTO credential_leases (instance_id)
    SELECT id FROM instances WHERE ${has} ON CONFLICT DO NOTHING`);
  const select = db.prepare<[string], LeaseRow>(
    'SELECT owner, free_at, token FROM credential_leases WHERE instance_id = ?',
  );
  const take = db.prepare<[string, number, string]>(
    'UPDATE credential_leases SET owner = ?, free_at = ? WHERE instance_id = ?',
  );
  const renew = db.prepare<[number, string, string]>(
    'UPDATE credential_leases SET free_at = ? WHERE instance_id = ? AND owner = ?',
  );
  const release = db.prepare<[string, string]>(
    'UPDATE credential_leases SET owner = NULL WHERE instance_id = ? AND owner = ?',
  );
  // The names stay: whose lease it was did not give it back.
  const freeAll = db.prepare<[]>('UPDATE credential_leases SET free_at = 0 WHERE owner IS NOT NULL');
  const selectCredentials = db.prepare<[string], CredentialsRow>(`SELECT credentials FROM instances WHERE ${has}`);
  const updateCredentials = db.prepare<[Buffer, number, string]>(
    'UPDATE instances SET credentials = ?, updated_at = ? WHERE id = ?',
  );
  const keepToken = db.prepare<[string, Buffer]>(`INSERT INTO credential_leases (instance_id, token) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET token = excluded.token`);
  const forgetToken = db.prepare<[string]>('UPDATE credential_leases SET token = NULL WHERE instance_id = ?');
  const remove = db.prepare<[string]>('DELETE FROM credential_leases WHERE instance_id = ?');

  const lease = db.transaction(
    (id: string, { owner, now, leaseMs }: CredentialLeaseRequest): CredentialLease | null => {
      add.run(id);
      const row = select.get(id);
      const stored = selectCredentials.get(id);
      if (row === undefined || stored === undefined || isHeld(row, owner, now)) return null;
      take.run(owner, now + leaseMs, id);
      return leaseOf(id, stored, row, sealer);
    },
  );

  const save = db.transaction((id: string, renewed: RenewedCredentials): boolean => {
    const stored = selectCredentials.get(id);
    if (stored === undefined) return false;
    const credentials = openCredentials(id, stored.credentials, sealer);
    if (!isCurrent(credentials, renewed)) return false;
    if (Object.keys(renewed.changed).length > 0) {
      updateCredentials.run(sealCredentials(id, withChanges(credentials, renewed.changed), sealer), renewed.now, id);
    }
    if (renewed.token === null) forgetToken.run(id);
    else keepToken.run(id, sealToken(id, renewed.token, sealer));
    return true;
  });

  return {
    lease: (id: string, request: CredentialLeaseRequest): CredentialLease | null => lease.immediate(id, request),
    renew: (id: string, { owner, now, leaseMs }: CredentialLeaseRequest): boolean =>
      renew.run(now + leaseMs, id, owner).changes > 0,
    save: (id: string, renewed: RenewedCredentials): boolean => save.immediate(id, renewed),
    release(id: string, owner: string): void {
      release.run(id, owner);
    },
    freeAll(): void {
      freeAll.run();
    },
    /** Steps of a transaction that changes the instance. */
    forgetToken(id: string): void {
      forgetToken.run(id);
    },
    remove(id: string): void {
      remove.run(id);
    },
  };
}
