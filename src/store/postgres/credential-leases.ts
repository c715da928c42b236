/** Who may renew the credentials of an instance, and what became of it. */
import type { CredentialLease, CredentialLeaseRequest, RenewedCredentials } from '../credential-leases.ts';
import { type CredentialsRow, isCurrent, isHeld, type LeaseRow, leaseOf, sealToken } from '../row/credential-row.ts';
import { openCredentials, sealCredentials, withChanges } from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import { type Connection, type Session, sql } from './connection.ts';

// One that is gone has them for as long as something is to be removed at its vendor.
const has = 'id = $1 AND length(credentials) > 0';

const add = sql(`INSERT INTO credential_leases (instance_id) SELECT id FROM instances WHERE ${has}
  ON CONFLICT DO NOTHING`);
const select = sql('SELECT owner, free_at, token FROM credential_leases WHERE instance_id = $1 FOR UPDATE');
const take = sql('UPDATE credential_leases SET owner = $2, free_at = $3 WHERE instance_id = $1');
const renew = sql('UPDATE credential_leases SET free_at = $3 WHERE instance_id = $1 AND owner = $2');
const release = sql('UPDATE credential_leases SET owner = NULL WHERE instance_id = $1 AND owner = $2');
const selectCredentials = sql(`SELECT credentials FROM instances WHERE ${has}`);
const selectToChange = sql(`${selectCredentials.text} FOR NO KEY UPDATE`);
const updateCredentials = sql('UPDATE instances SET credentials = $2, updated_at = $3 WHERE id = $1');
const keepToken = sql(`INSERT INTO credential_leases (instance_id, token) VALUES ($1, $2)
  ON CONFLICT (instance_id) DO UPDATE SET token = excluded.token`);
const forgetToken = sql('UPDATE credential_leases SET token = NULL WHERE instance_id = $1');
const remove = sql('DELETE FROM credential_leases WHERE instance_id = $1');

export function credentialLeases(connection: Connection, sealer: Sealer) {
  return {
    lease(id: string, { owner, now, leaseMs }: CredentialLeaseRequest): Promise<CredentialLease | null> {
      return connection.transaction(async (session) => {
        await session.run(add, [id]);
        const [row] = await session.rows<LeaseRow>(select, [id]);
        if (row === undefined || isHeld(row, owner, now)) return null;
        await session.run(take, [id, owner, now + leaseMs]);
        // Read when the lease is ours: nobody renews them from here on.
        const [stored] = await session.rows<CredentialsRow>(selectCredentials, [id]);
        return stored === undefined ? null : leaseOf(id, stored, row, sealer);
      });
    },
    async renew(id: string, { owner, now, leaseMs }: CredentialLeaseRequest): Promise<boolean> {
      return (await connection.run(renew, [id, owner, now + leaseMs])) > 0;
    },
    save(id: string, renewed: RenewedCredentials): Promise<boolean> {
      return connection.transaction(async (session) => {
        const [stored] = await session.rows<CredentialsRow>(selectToChange, [id]);
        if (stored === undefined) return false;
        const credentials = openCredentials(id, stored.credentials, sealer);
        if (!isCurrent(credentials, renewed)) return false;
        if (Object.keys(renewed.changed).length > 0) {
          const sealed = sealCredentials(id, withChanges(credentials, renewed.changed), sealer);
          await session.run(updateCredentials, [id, sealed, renewed.now]);
        }
        if (renewed.token === null) await session.run(forgetToken, [id]);
        else await session.run(keepToken, [id, sealToken(id, renewed.token, sealer)]);
        return true;
      });
    },
    async release(id: string, owner: string): Promise<void> {
      await connection.run(release, [id, owner]);
    },
  };
}

/** Steps of a transaction that changes the instance. */
export const credentialTokens = {
  async forget(session: Session, id: string): Promise<void> {
    await session.run(forgetToken, [id]);
  },
  async remove(session: Session, id: string): Promise<void> {
    await session.run(remove, [id]);
  },
};
