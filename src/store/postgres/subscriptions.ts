/** Webhooks registered at vendors, and the instances whose registrations are to be looked at. */
import type { SubscriberFinish, SubscriberLease, Subscription, SubscriptionKey } from '../port.ts';
import {
  type SubscriptionRow,
  subscriptionColumns,
  subscriptionOf,
  subscriptionRowOf,
} from '../row/subscription-row.ts';
import type { Sealer } from '../seal.ts';
import { type Connection, type Session, sql } from './connection.ts';
import { credentialTokens } from './credential-leases.ts';
import { subscribers } from './subscribers.ts';

const selectAll = sql(
  `SELECT ${subscriptionColumns} FROM subscriptions WHERE instance_id = $1 ORDER BY way, topic, url`,
);
// Whoever writes to subscriptions has locked the instance first, so that it does not go meanwhile.
const lockInstance = sql('SELECT is_gone FROM instances WHERE id = $1 FOR NO KEY UPDATE');
const holds = sql('SELECT is_woken FROM subscribers WHERE instance_id = $1 AND owner = $2 FOR UPDATE');
const ofKey = 'instance_id = $1 AND way = $2 AND topic = $3 AND url = $4';
const selectOne = sql(`SELECT topic FROM subscriptions WHERE ${ofKey}`);
const save = sql(`INSERT INTO subscriptions (${subscriptionColumns})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  ON CONFLICT (instance_id, way, topic, url) DO UPDATE SET captured = excluded.captured, since = excluded.since,
    expires_at = excluded.expires_at, due_at = excluded.due_at, leaving_since = excluded.leaving_since,
    failures = excluded.failures, failure_code = excluded.failure_code, failure_message = excluded.failure_message,
    failure_help = excluded.failure_help, failed_at = excluded.failed_at`);
const remove = sql(`DELETE FROM subscriptions WHERE ${ofKey}`);
const forgetSecrets = sql(`UPDATE instances SET credentials = ''
  WHERE id = $1 AND is_gone AND NOT EXISTS (SELECT FROM subscriptions WHERE instance_id = $1)`);
const takeDue = sql(`UPDATE subscribers SET owner = $1, free_at = $2, is_woken = false
  WHERE instance_id = ANY (ARRAY(
    SELECT instance_id FROM subscribers WHERE free_at <= $3 ORDER BY free_at, instance_id LIMIT $4
    FOR UPDATE SKIP LOCKED))
  RETURNING instance_id AS id`);
const renew = sql('UPDATE subscribers SET free_at = $3 WHERE instance_id = $1 AND owner = $2');
const giveBack = sql('UPDATE subscribers SET owner = NULL, free_at = $2 WHERE instance_id = $1');
const end = sql('DELETE FROM subscribers WHERE instance_id = $1');
const selectNext = sql('SELECT min(free_at) AS at FROM subscribers');

type Lease = Omit<SubscriberLease, 'limit'>;

export function subscriptions(connection: Connection, sealer: Sealer) {
  return {
    async list(instanceId: string): Promise<readonly Subscription[]> {
      const rows = await connection.rows<SubscriptionRow>(selectAll, [instanceId]);
      return rows.map((row) => subscriptionOf(row, sealer));
    },
    save(subscription: Subscription, owner: string): Promise<boolean> {
      return connection.transaction(async (session) => {
        const gone = await hold(session, subscription.instanceId, owner);
        if (gone === null) return false;
        const isNew = (await session.rows(selectOne, keyValues(subscription))).length === 0;
        if (gone && isNew) return false;
        await session.run(save, valuesOf(subscriptionRowOf(subscription, sealer)));
        return true;
      });
    },
    remove(key: SubscriptionKey, owner: string): Promise<boolean> {
      return connection.transaction(async (session) => {
        if ((await hold(session, key.instanceId, owner)) === null) return false;
        await session.run(remove, keyValues(key));
        if ((await session.run(forgetSecrets, [key.instanceId])) > 0)
          await credentialTokens.remove(session, key.instanceId);
        return true;
      });
    },
    async lease({ owner, now, leaseMs, limit }: SubscriberLease): Promise<readonly string[]> {
      const rows = await connection.rows<{ id: string }>(takeDue, [owner, now + leaseMs, now, limit]);
      return rows.map(({ id }) => id);
    },
    async renew(instanceId: string, { owner, now, leaseMs }: Lease): Promise<boolean> {
      return (await connection.run(renew, [instanceId, owner, now + leaseMs])) > 0;
    },
    finish({ instanceId, owner, now, dueAt }: SubscriberFinish): Promise<void> {
      return connection.transaction(async (session) => {
        const [held] = await session.rows<{ is_woken: boolean }>(holds, [instanceId, owner]);
        if (held === undefined) return;
        if (dueAt === null && !held.is_woken) await session.run(end, [instanceId]);
        else await session.run(giveBack, [instanceId, dueAt ?? now]);
        if (held.is_woken) await subscribers.again(session, instanceId, now);
      });
    },
    wakeAll(connectors: readonly string[], now: number): Promise<void> {
      return connection.transaction((session) => subscribers.wakeAll(session, connectors, now), 'patient');
    },
    look(instanceId: string, now: number): Promise<void> {
      return connection.transaction((session) => subscribers.look(session, instanceId, now));
    },
    async nextDueAt(): Promise<number | null> {
      const [row] = await connection.rows<{ at: number | null }>(selectNext);
      return row?.at ?? null;
    },
  };
}

/** Whether the instance is gone; null when the lease is lost. */
async function hold(session: Session, instanceId: string, owner: string): Promise<boolean | null> {
  const [instance] = await session.rows<{ is_gone: boolean }>(lockInstance, [instanceId]);
  const [held] = await session.rows(holds, [instanceId, owner]);
  return instance === undefined || held === undefined ? null : instance.is_gone;
}

const keyValues = ({ instanceId, way, topic, url }: SubscriptionKey) => [instanceId, way, topic, url];

const valuesOf = (row: SubscriptionRow) => [
  row.instance_id,
  row.way,
  row.topic,
  row.url,
  row.captured,
  row.since,
  row.expires_at,
  row.due_at,
  row.leaving_since,
  row.failures,
  row.failure_code,
  row.failure_message,
  row.failure_help,
  row.failed_at,
];
