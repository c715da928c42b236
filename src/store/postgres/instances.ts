import { sql } from 'kysely';
import type { Instance, InstanceFilter, InstanceUpdate, PollState } from '../port.ts';
import {
  instanceColumns,
  instanceOf,
  instanceRowOf,
  requireBase,
  sealCredentials,
  takesDeliveries,
  withChanges,
} from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import type { Connection, Session } from './connection.ts';
import { credentialTokens, writeCredentials } from './credential-leases.ts';
import { hasWebhooks, neededSecrets } from './has-webhooks.ts';
import { pollSets } from './poll-sets.ts';
import { streams } from './streams.ts';
import { subscribers } from './subscribers.ts';
import { troubles } from './troubles.ts';

/** Customers', and not the operator's apps. */
const all = (session: Session) => session.selectFrom('instances').select(instanceColumns).where('is_app', 'is', false);
const live = (session: Session) => all(session).where('is_gone', 'is', false);

/** Tags are compared as JSON, as they were written: json's own text would refuse U+0000. */
const hasTag = (tag: string) =>
  sql<boolean>`exists (select from json_array_elements(tags::json) as tag where tag::text = ${JSON.stringify(tag)})`;

/** The instances of a store, in steps that are each one transaction. */
export function instances({ db, transaction }: Connection, sealer: Sealer) {
  return {
    create(instance: Instance, states: readonly PollState[]): Promise<void> {
      return transaction(async (session) => {
        await removeGone(session, instance.id);
        await session.insertInto('instances').values(instanceRowOf(instance, sealer)).execute();
        await streams.create(session, instance.id, instance.callback !== null, takesDeliveries(instance));
        await pollSets.add(session, instance.id, states);
        await subscribers.wake(session, instance.id, instance.createdAt);
      });
    },
    async get(id: string): Promise<Instance | null> {
      const row = await live(db).where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : instanceOf(row, sealer);
    },
    /** One that is gone has its secrets until what it has registered at its vendor is removed. */
    async getLeaving(id: string): Promise<Instance | null> {
      const row = await all(db).where('id', '=', id).where('is_gone', 'is', true).where(hasWebhooks).executeTakeFirst();
      return row === undefined ? null : instanceOf(row, sealer);
    },
    async list({ connector, tag, after = '', limit }: InstanceFilter): Promise<readonly Instance[]> {
      let page = live(db).where('id', '>', after).orderBy('id').limit(limit);
      if (connector !== undefined) page = page.where('connector', '=', connector);
      if (tag !== undefined) page = page.where(hasTag(tag));
      const rows = await page.execute();
      return rows.map((row) => instanceOf(row, sealer));
    },
    update(changed: InstanceUpdate, states: readonly PollState[]): Promise<boolean> {
      return transaction(async (session) => {
        await streams.lock(session, changed.id);
        // Not FOR UPDATE: that would be in the way of the foreign keys of events that are just being stored.
        const row = await live(session).where('id', '=', changed.id).forNoKeyUpdate().executeTakeFirst();
        if (row === undefined) return false;
        const kept = instanceOf(row, sealer);
        requireBase(kept, changed);
        const instance: Instance = { ...changed, credentials: withChanges(kept.credentials, changed.credentials) };
        await replace(session, instance);
        await streams.setCallback(session, instance.id, instance.callback !== null, takesDeliveries(instance));
        await pollSets.become(session, instance.id, states);
        if (!instance.nativeWebhooks) await pollSets.forgetWebhooks(session, instance.id);
        await subscribers.wake(session, instance.id, instance.updatedAt);
        const isNew = JSON.stringify(instance.credentials) !== JSON.stringify(kept.credentials);
        if (isNew) await credentialTokens.forget(session, instance.id);
        if (isNew && (await troubles.doubt(session, instance.id))) {
          await pollSets.hurry(session, instance.id, instance.updatedAt);
        }
        return true;
      });
    },
    saveCredentials(id: string, changes: Readonly<Record<string, string>>, now: number): Promise<void> {
      return transaction(async (session) => {
        const row = await all(session)
          .where('id', '=', id)
          .where((eb) => eb.or([eb('is_gone', 'is', false), hasWebhooks(eb)]))
          .forNoKeyUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        const credentials = withChanges(instanceOf(row, sealer).credentials, changes);
        await writeCredentials(session, id, sealCredentials(id, credentials, sealer), now);
      });
    },
    /** Nothing is polled or sent for it any more; the rest of it is for removal.ts. */
    delete(id: string): Promise<boolean> {
      return transaction(async (session) => {
        await streams.lock(session, id);
        await pollSets.lock(session, id);
        if (!(await forget(session, id))) return false;
        await pollSets.remove(session, id);
        await session.deleteFrom('inbox').where('instance_id', '=', id).execute();
        await credentialTokens.remove(session, id);
        await streams.remove(session, id);
        await subscribers.leave(session, id);
        return true;
      }, 'patient');
    },
  };

  async function replace(session: Session, instance: Instance): Promise<void> {
    const { id, created_at: _, ...row } = instanceRowOf(instance, sealer);
    await session.updateTable('instances').set(row).where('id', '=', id).execute();
  }
}

/** An id that comes back before its last bearer was swept away. */
async function removeGone(session: Session, id: string): Promise<void> {
  await session.deleteFrom('instances').where('id', '=', id).where('is_gone', 'is', true).execute();
}

async function forget(session: Session, id: string): Promise<boolean> {
  const nothing = { callback_url: null, callback_format: null, callback_secrets: null };
  const { numUpdatedRows } = await session
    .updateTable('instances')
    .set((eb) => ({ is_gone: true, ...nothing, credentials: neededSecrets(eb) }))
    .where('id', '=', id)
    .where('is_gone', 'is', false)
    .where('is_app', 'is', false)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
