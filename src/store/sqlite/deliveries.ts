import type Database from 'better-sqlite3';
import type { Delivery, DeliveryOutcome, DeliveryStatus, Store } from '../port.ts';
import { type DeliveryRow, deliveryOf } from '../row/delivery-row.ts';
import { attempts } from './attempts.ts';
import { deliveryQueue } from './delivery-queue.ts';

type LeaseRequest = Parameters<Store['leaseDeliveries']>[0];

interface LeasedRow {
  instance_id: string;
  lane: string;
  owner: string | null;
}

/** Who sends what, and what came of it. */
export function deliveries(db: Database.Database) {
  const select = db.prepare<[number], DeliveryRow>(`SELECT d.id AS number, d.instance_id, d.lane, d.status,
      d.attempts, d.due_at, d.created_at, e.id, e.sequence, e.envelope
    FROM deliveries AS d JOIN events AS e ON e.number = d.event WHERE d.id = ?`);
  const selectLeased = db.prepare<[number], LeasedRow>(
    'SELECT instance_id, lane, owner FROM deliveries JOIN queues USING (instance_id) WHERE id = ?',
  );
  const take = db.prepare<[string, number, number]>('UPDATE deliveries SET owner = ?, free_at = ? WHERE id = ?');
  const retry = db.prepare<[number, number, number, number]>(
    'UPDATE deliveries SET owner = NULL, attempts = ?, due_at = ?, free_at = ? WHERE id = ?',
  );
  const end = db.prepare<[DeliveryStatus, number, number]>(
    'UPDATE deliveries SET owner = NULL, is_head = 0, status = ?, attempts = ? WHERE id = ?',
  );
  const freed = 'UPDATE deliveries SET owner = NULL, free_at = due_at';
  const freeOne = db.prepare<[number, string], string>(`${freed} WHERE id = ? AND owner = ? RETURNING instance_id`);
  const freeOwned = db.prepare<[string], string>(`${freed} WHERE owner = ? RETURNING instance_id`);
  const freeLeased = db.prepare<[], string>(`${freed} WHERE owner IS NOT NULL RETURNING instance_id`);
  for (const statement of [freeOne, freeOwned, freeLeased]) statement.pluck();
  const disableCallback = db.prepare<[number, string]>(
    'UPDATE instances SET callback_disabled_at = ? WHERE id = ? AND callback_disabled_at IS NULL',
  );
  const queue = deliveryQueue(db);
  const history = attempts(db);

  const lease = db.transaction(({ owner, now, leaseMs, limit, except = [] }: LeaseRequest): readonly Delivery[] => {
    const heads = queue.freeHeads(now, limit, new Set(except));
    for (const { id } of heads) take.run(owner, now + leaseMs, id);
    refreshAll(heads.map((head) => head.instance_id));
    return heads.flatMap(({ id }) => select.all(id)).map(deliveryOf);
  });

  const finish = db.transaction((outcome: DeliveryOutcome): boolean => {
    const { owner, attempt, status, dueAt } = outcome;
    const id = Number(outcome.deliveryId);
    const leased = selectLeased.get(id);
    if (leased?.owner !== owner) return false;
    history.add(id, attempt);
    if (status === 'pending') {
      const retryAt = dueAt ?? attempt.at;
      retry.run(attempt.number, retryAt, retryAt, id);
    } else {
      end.run(status, attempt.number, id);
      queue.passOn(leased.instance_id, leased.lane);
    }
    if (outcome.disableCallback) {
      disableCallback.run(attempt.at, leased.instance_id);
      queue.setOpen(leased.instance_id, false);
    }
    queue.refresh(leased.instance_id);
    return true;
  });

  const release = db.transaction((owner: string, ids?: readonly string[]): void => {
    refreshAll(ids === undefined ? freeOwned.all(owner) : ids.flatMap((id) => freeOne.all(Number(id), owner)));
  });

  const freeAll = db.transaction((): void => {
    refreshAll(freeLeased.all());
  });

  function refreshAll(instanceIds: readonly string[]): void {
    for (const instanceId of new Set(instanceIds)) queue.refresh(instanceId);
  }

  return {
    lease(request: LeaseRequest): readonly Delivery[] {
      return lease.immediate(request);
    },
    finish(outcome: DeliveryOutcome): boolean {
      return finish.immediate(outcome);
    },
    release(owner: string, deliveryIds?: readonly string[]): void {
      release.immediate(owner, deliveryIds);
    },
    nextDueAt: queue.nextDueAt,
    /** Ends every lease. */
    freeAll(): void {
      freeAll.immediate();
    },
  };
}
