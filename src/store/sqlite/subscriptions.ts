/** Webhooks registered at vendors, and the instances whose registrations are to be looked at. */
import type Database from 'better-sqlite3';
import type { SubscriberFinish, SubscriberLease, Subscription, SubscriptionKey } from '../port.ts';
import {
  type SubscriptionRow,
  subscriptionColumns,
  subscriptionOf,
  subscriptionRowOf,
} from '../row/subscription-row.ts';
import type { Sealer } from '../seal.ts';
import { subscribers } from './subscribers.ts';

export function subscriptions(db: Database.Database, sealer: Sealer) {
  const waking = subscribers(db);
  const selectAll = db.prepare<[string], SubscriptionRow>(
    `SELECT ${subscriptionColumns} FROM subscriptions WHERE instance_id = ? ORDER BY way, topic, url`,
  );
  const holds = db
    .prepare<[string, string], 1>('SELECT 1 FROM subscribers WHERE instance_id = ? AND owner = ?')
    .pluck();
  // An instance that is gone registers nothing new.
  const save = db.prepare<[SubscriptionRow]>(`INSERT INTO subscriptions (${subscriptionColumns})
    SELECT @instance_id, @way, @topic, @url, @captured, @since, @expires_at, @due_at, @leaving_since, @failures,
      @failure_code, @failure_message, @failure_help, @failed_at
    WHERE EXISTS (SELECT 1 FROM instances WHERE id = @instance_id AND is_gone = 0) OR EXISTS (SELECT 1
      FROM subscriptions WHERE instance_id = @instance_id AND way = @way AND topic = @topic AND url = @url)
    ON CONFLICT DO UPDATE SET captured = excluded.captured, since = excluded.since, expires_at = excluded.expires_at,
      due_at = excluded.due_at, leaving_since = excluded.leaving_since, failures = excluded.failures,
      failure_code = excluded.failure_code, failure_message = excluded.failure_message,
      failure_help = excluded.failure_help, failed_at = excluded.failed_at`);
  const remove = db.prepare<[string, string, string, string]>(
    'DELETE FROM subscriptions WHERE instance_id = ? AND way = ? AND topic = ? AND url = ?',
  );
  const forgetSecrets = db.prepare<[{ id: string }]>(`UPDATE instances SET credentials = x''
    WHERE id = @id AND is_gone = 1 AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE instance_id = @id)`);
  const forgetToken = db.prepare<[string]>('DELETE FROM credential_leases WHERE instance_id = ?');
  const selectFree = db
    .prepare<[number, number], string>(
      'SELECT instance_id FROM subscribers WHERE free_at <= ? ORDER BY free_at, instance_id LIMIT ?',
    )
    .pluck();
  const take = db.prepare<[string, number, string]>(
    'UPDATE subscribers SET owner = ?, free_at = ?, is_woken = 0 WHERE instance_id = ?',
  );
  const renew = db.prepare<[number, string, string]>(
    'UPDATE subscribers SET free_at = ? WHERE instance_id = ? AND owner = ?',
  );
  const selectWoken = db
    .prepare<[string, string], number>('SELECT is_woken FROM subscribers WHERE instance_id = ? AND owner = ?')
    .pluck();
  const giveBack = db.prepare<[number, string]>(
    'UPDATE subscribers SET owner = NULL, free_at = ? WHERE instance_id = ?',
  );
  const end = db.prepare<[string]>('DELETE FROM subscribers WHERE instance_id = ?');
  const selectOf = db
    .prepare<[string], string>(
      'SELECT id FROM instances WHERE is_gone = 0 AND is_app = 0 AND connector IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const selectNext = db.prepare<[], number | null>('SELECT min(free_at) FROM subscribers').pluck();
  const freeAll = db.prepare('UPDATE subscribers SET owner = NULL, free_at = 0, is_woken = 1 WHERE owner IS NOT NULL');

  const saveOne = db.transaction((subscription: Subscription, owner: string): boolean => {
    if (holds.get(subscription.instanceId, owner) === undefined) return false;
    return save.run(subscriptionRowOf(subscription, sealer)).changes > 0;
  });
  const removeOne = db.transaction(({ instanceId, way, topic, url }: SubscriptionKey, owner: string): boolean => {
    if (holds.get(instanceId, owner) === undefined) return false;
    remove.run(instanceId, way, topic, url);
    if (forgetSecrets.run({ id: instanceId }).changes > 0) forgetToken.run(instanceId);
    return true;
  });
  const lease = db.transaction(({ owner, now, leaseMs, limit }: SubscriberLease): readonly string[] => {
    const ids = selectFree.all(now, limit);
    for (const id of ids) take.run(owner, now + leaseMs, id);
    return ids;
  });
  const finish = db.transaction(({ instanceId, owner, now, dueAt }: SubscriberFinish): void => {
    const isWoken = selectWoken.get(instanceId, owner);
    if (isWoken === undefined) return;
    if (dueAt === null && isWoken === 0) end.run(instanceId);
    else giveBack.run(dueAt ?? now, instanceId);
    if (isWoken === 1) waking.again(instanceId, now);
  });
  const wakeAll = db.transaction((connectors: readonly string[], now: number): void => {
    for (const id of selectOf.all(JSON.stringify(connectors))) waking.wake(id, now);
  });

  return {
    list: (instanceId: string): readonly Subscription[] =>
      selectAll.all(instanceId).map((row) => subscriptionOf(row, sealer)),
    save: (subscription: Subscription, owner: string): boolean => saveOne.immediate(subscription, owner),
    remove: (key: SubscriptionKey, owner: string): boolean => removeOne.immediate(key, owner),
    lease: (request: SubscriberLease): readonly string[] => lease.immediate(request),
    renew(instanceId: string, { owner, now, leaseMs }: Omit<SubscriberLease, 'limit'>): boolean {
      return renew.run(now + leaseMs, instanceId, owner).changes > 0;
    },
    finish: (ended: SubscriberFinish): void => finish.immediate(ended),
    wakeAll: (connectors: readonly string[], now: number): void => wakeAll.immediate(connectors, now),
    look: (instanceId: string, now: number): void => waking.look(instanceId, now),
    nextDueAt: (): number | null => selectNext.get() ?? null,
    /** Ends every lease. */
    freeAll(): void {
      freeAll.run();
    },
  };
}
