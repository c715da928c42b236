/** Who may renew the credentials of an instance, and what became of it. */
import type { CredentialLease, CredentialLeaseRequest, RenewedCredentials } from '../credential-leases.ts';
import { isCurrent, isHeld, leaseOf, sealToken } from '../row/credential-row.ts';
import { openCredentials, sealCredentials, withChanges } from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import type { Connection, Session } from './connection.ts';

/** One that is gone has them for as long as something is to be removed at its vendor. */
const withCredentials = (session: Session, id: string) =>
  session
    .selectFrom('instances')
    .where('id', '=', id)
    .where(({ eb, fn }) => eb(fn<number>('length', ['credentials']), '>', 0));

const heldBy = (session: Session, id: string, owner: string) =>
  session.updateTable('credential_leases').where('instance_id', '=', id).where('owner', '=', owner);

export function credentialLeases({ db, transaction }: Connection, sealer: Sealer) {
  return {
    lease(id: string, { owner, now, leaseMs }: CredentialLeaseRequest): Promise<CredentialLease | null> {
      return transaction(async (session) => {
        await session
          .insertInto('credential_leases')
          .columns(['instance_id'])
          .expression(withCredentials(session, id).select('id'))
          .onConflict((known) => known.doNothing())
          .execute();
        const row = await session
          .selectFrom('credential_leases')
          .select(['owner', 'free_at', 'token'])
          .where('instance_id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined || isHeld(row, owner, now)) return null;
        await session
          .updateTable('credential_leases')
          .set({ owner, free_at: now + leaseMs })
          .where('instance_id', '=', id)
          .execute();
        // Read when the lease is ours: nobody renews them from here on.
        const stored = await withCredentials(session, id).select('credentials').executeTakeFirst();
        return stored === undefined ? null : leaseOf(id, stored, row, sealer);
      });
    },
    async renew(id: string, { owner, now, leaseMs }: CredentialLeaseRequest): Promise<boolean> {
      const { numUpdatedRows } = await heldBy(db, id, owner)
        .set({ free_at: now + leaseMs })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    save(id: string, renewed: RenewedCredentials): Promise<boolean> {
      return transaction(async (session) => {
        const stored = await withCredentials(session, id).select('credentials').forNoKeyUpdate().executeTakeFirst();
        if (stored === undefined) return false;
        const credentials = openCredentials(id, stored.credentials, sealer);
        if (!isCurrent(credentials, renewed)) return false;
        if (Object.keys(renewed.changed).length > 0) {
          const sealed = sealCredentials(id, withChanges(credentials, renewed.changed), sealer);
          await writeCredentials(session, id, sealed, renewed.now);
        }
        if (renewed.token === null) await credentialTokens.forget(session, id);
        else await credentialTokens.keep(session, id, sealToken(id, renewed.token, sealer));
        return true;
      });
    },
    async release(id: string, owner: string): Promise<void> {
      await heldBy(db, id, owner).set({ owner: null }).execute();
    },
  };
}

/** @param sealed as `sealCredentials` makes them. */
export async function writeCredentials(session: Session, id: string, sealed: Buffer, now: number): Promise<void> {
  await session.updateTable('instances').set({ credentials: sealed, updated_at: now }).where('id', '=', id).execute();
}

/** Steps of a transaction that changes the instance. */
export const credentialTokens = {
  async keep(session: Session, id: string, token: Buffer): Promise<void> {
    await session
      .insertInto('credential_leases')
      .values({ instance_id: id, token })
      .onConflict((known) => known.column('instance_id').doUpdateSet({ token }))
      .execute();
  },
  async forget(session: Session, id: string): Promise<void> {
    await session.updateTable('credential_leases').set({ token: null }).where('instance_id', '=', id).execute();
  },
  async remove(session: Session, id: string): Promise<void> {
    await session.deleteFrom('credential_leases').where('instance_id', '=', id).execute();
  },
};
