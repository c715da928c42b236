/** Webhooks registered at vendors, and the instances whose registrations are to be looked at. */
import type { SubscriberFinish, SubscriberLease, Subscription, SubscriptionKey } from '../port.ts';
import { subscriptionColumns, subscriptionOf, subscriptionRowOf } from '../row/subscription-row.ts';
import type { Sealer } from '../seal.ts';
import { anyOfQuery } from './arrays.ts';
import type { Connection, Session } from './connection.ts';
import { credentialTokens } from './credential-leases.ts';
import { hasWebhooks } from './has-webhooks.ts';
import { prepared } from './prepared.ts';
import { subscribers } from './subscribers.ts';

const selectNext = prepared((db) =>
  db.selectFrom('subscribers').select(({ fn }) => fn.min<number | null>('free_at').as('at')),
);

type Lease = Omit<SubscriberLease, 'limit'>;

export function subscriptions({ db, transaction }: Connection, sealer: Sealer) {
  return {
    async list(instanceId: string): Promise<readonly Subscription[]> {
      const rows = await db
        .selectFrom('subscriptions')
        .select(subscriptionColumns)
        .where('instance_id', '=', instanceId)
        .orderBy('way')
        .orderBy('topic')
        .orderBy('url')
        .execute();
      return rows.map((row) => subscriptionOf(row, sealer));
    },
    save(subscription: Subscription, owner: string): Promise<boolean> {
      return transaction(async (session) => {
        const isGone = await hold(session, subscription.instanceId, owner);
        if (isGone === null) return false;
        if (isGone && !(await isKnown(session, subscription))) return false;
        const { instance_id, way, topic, url, ...rest } = subscriptionRowOf(subscription, sealer);
        await session
          .insertInto('subscriptions')
          .values({ instance_id, way, topic, url, ...rest })
          .onConflict((known) => known.columns(['instance_id', 'way', 'topic', 'url']).doUpdateSet(rest))
          .execute();
        return true;
      });
    },
    remove(key: SubscriptionKey, owner: string): Promise<boolean> {
      return transaction(async (session) => {
        if ((await hold(session, key.instanceId, owner)) === null) return false;
        await session
          .deleteFrom('subscriptions')
          .where((eb) => eb.and(keyColumns(key)))
          .execute();
        if (await forgetSecrets(session, key.instanceId)) await credentialTokens.remove(session, key.instanceId);
        return true;
      });
    },
    async lease({ owner, now, leaseMs, limit }: SubscriberLease): Promise<readonly string[]> {
      const due = db
        .selectFrom('subscribers')
        .select('instance_id')
        .where('free_at', '<=', now)
        .orderBy('free_at')
        .orderBy('instance_id')
        .limit(limit)
        .forUpdate()
        .skipLocked();
      const rows = await db
        .updateTable('subscribers')
        .set({ owner, free_at: now + leaseMs, is_woken: false })
        .where('instance_id', '=', anyOfQuery(due))
        .returning('instance_id')
        .execute();
      return rows.map((row) => row.instance_id);
    },
    async renew(instanceId: string, { owner, now, leaseMs }: Lease): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('subscribers')
        .set({ free_at: now + leaseMs })
        .where('instance_id', '=', instanceId)
        .where('owner', '=', owner)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    finish({ instanceId, owner, now, dueAt }: SubscriberFinish): Promise<void> {
      return transaction(async (session) => {
        const held = await lockHeld(session, instanceId, owner);
        if (held === undefined) return;
        if (dueAt === null && !held.is_woken) {
          await session.deleteFrom('subscribers').where('instance_id', '=', instanceId).execute();
        } else {
          await session
            .updateTable('subscribers')
            .set({ owner: null, free_at: dueAt ?? now })
            .where('instance_id', '=', instanceId)
            .execute();
        }
        if (held.is_woken) await subscribers.again(session, instanceId, now);
      });
    },
    wakeAll(connectors: readonly string[], now: number): Promise<void> {
      return transaction((session) => subscribers.wakeAll(session, connectors, now), 'patient');
    },
    look(instanceId: string, now: number): Promise<void> {
      return transaction((session) => subscribers.look(session, instanceId, now));
    },
    async nextDueAt(): Promise<number | null> {
      const { rows } = await selectNext(db, {});
      return rows[0]?.at ?? null;
    },
  };
}

/** Whether the instance is gone; null when the lease is lost. Locks the instance, so that it does not go meanwhile. */
async function hold(session: Session, instanceId: string, owner: string): Promise<boolean | null> {
  const instance = await session
    .selectFrom('instances')
    .select('is_gone')
    .where('id', '=', instanceId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const held = await lockHeld(session, instanceId, owner);
  return instance === undefined || held === undefined ? null : instance.is_gone;
}

function lockHeld(session: Session, instanceId: string, owner: string) {
  return session
    .selectFrom('subscribers')
    .select('is_woken')
    .where('instance_id', '=', instanceId)
    .where('owner', '=', owner)
    .forUpdate()
    .executeTakeFirst();
}

async function isKnown(session: Session, key: SubscriptionKey): Promise<boolean> {
  const known = await session
    .selectFrom('subscriptions')
    .select('topic')
    .where((eb) => eb.and(keyColumns(key)))
    .executeTakeFirst();
  return known !== undefined;
}

/** Of an instance that is gone, once nothing is left to be removed at its vendor. */
async function forgetSecrets(session: Session, id: string): Promise<boolean> {
  const { numUpdatedRows } = await session
    .updateTable('instances')
    .set({ credentials: Buffer.alloc(0) })
    .where('id', '=', id)
    .where('is_gone', 'is', true)
    .where((eb) => eb.not(hasWebhooks(eb)))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const keyColumns = ({ instanceId, way, topic, url }: SubscriptionKey) => ({ instance_id: instanceId, way, topic, url });
