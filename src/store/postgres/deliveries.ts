import { batched } from '../batched.ts';
import type { Delivery, DeliveryOutcome, DeliveryStatus, Store } from '../port.ts';
import { anyOf } from './arrays.ts';
import { addAttempts } from './attempts.ts';
import type { Connection, Session } from './connection.ts';
import { lockFreeQueues, takeHeads } from './delivery-lease.ts';
import { passOnLanes } from './delivery-queue.ts';
import { isOfOneItem } from './driver-failure.ts';
import { prepared, type Slots } from './prepared.ts';
import { streams } from './streams.ts';

type LeaseRequest = Parameters<Store['leaseDeliveries']>[0];

interface Ended {
  readonly id: number;
  readonly owner: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly due_at: number | null;
}

/** Those whose lease is still held; nothing of an instance that is gone. */
const end = prepared((db, { table }: Slots<{ ended: readonly Ended[] }>) =>
  db
    .updateTable('deliveries as d')
    .from(table('ended', { id: 'bigint', owner: 'text', status: 'text', attempts: 'integer', due_at: 'bigint' }))
    .set(({ eb, fn, ref }) => ({
      owner: null,
      status: ref('ended.status'),
      attempts: ref('ended.attempts'),
      is_head: eb('ended.status', '=', 'pending').$castTo<boolean>(),
      due_at: fn.coalesce('ended.due_at', 'd.due_at'),
      free_at: fn.coalesce('ended.due_at', 'd.free_at'),
    }))
    .whereRef('d.id', '=', 'ended.id')
    .whereRef('d.owner', '=', 'ended.owner')
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('streams as s').whereRef('s.instance_id', '=', 'd.instance_id')),
    )
    .returning(['d.id', 'd.instance_id', 'd.lane']),
);
const disable = prepared((db, { table }: Slots<{ gone: readonly { id: string; at: number }[] }>) =>
  db
    .updateTable('instances')
    .from(table('gone', { id: 'text', at: 'bigint' }))
    .set(({ ref }) => ({ callback_disabled_at: ref('gone.at') }))
    .whereRef('instances.id', '=', 'gone.id')
    .where('callback_disabled_at', 'is', null),
);

const mostFinished = 200;

/** Who sends what, and what came of it. */
export function deliveries({ db, transaction }: Connection) {
  return {
    lease(request: LeaseRequest): Promise<readonly Delivery[]> {
      const { now, limit, except = [] } = request;
      return transaction(async (session) => {
        const instanceIds = await lockFreeQueues(session, { now, limit, except });
        if (instanceIds.length === 0) return [];
        const leased = await takeHeads(session, instanceIds, request);
        const leasedOf = leased.map((delivery) => delivery.instanceId);
        await streams.refresh(session, leasedOf);
        return leased;
      });
    },
    finish: batched<DeliveryOutcome, boolean>({
      most: mostFinished,
      isOfOneItem,
      keyOf: ({ deliveryId }) => deliveryId,
      run: (outcomes) => transaction((session) => finishAll(session, outcomes)),
    }),
    release(owner: string, deliveryIds?: readonly string[]): Promise<void> {
      return transaction(async (session) => {
        const owned = session
          .updateTable('deliveries')
          .set(({ ref }) => ({ owner: null, free_at: ref('due_at') }))
          .where('owner', '=', owner)
          .returning('instance_id');
        const ids = deliveryIds?.flatMap(rowNumber);
        if (ids === undefined) await streams.lockOfOwner(session, owner);
        else await streams.lockOfDeliveries(session, ids);
        const freed = await (ids === undefined ? owned : owned.where('id', '=', anyOf(ids))).execute();
        await streams.refresh(session, freed.map(instanceIdOf));
      });
    },
    nextDueAt: () => streams.nextDueAt(db),
  };
}

async function finishAll(session: Session, outcomes: readonly DeliveryOutcome[]): Promise<readonly boolean[]> {
  const known = outcomes.flatMap((outcome) => rowNumber(outcome.deliveryId).map((number) => ({ ...outcome, number })));
  const ended = known.map(({ number, owner, status, dueAt, attempt }) => ({
    id: number,
    owner,
    status,
    attempts: attempt.number,
    due_at: status === 'pending' ? (dueAt ?? attempt.at) : null,
  }));
  const ids = ended.map(({ id }) => id);
  await streams.lockOfDeliveries(session, ids);
  const { rows } = await end(session, { ended });
  const byNumber = new Map(rows.map((row) => [row.id, row]));
  const taken = known.flatMap((outcome) => {
    const row = byNumber.get(outcome.number);
    return row === undefined ? [] : [{ ...outcome, delivery: row.id, lane: row.lane, instance_id: row.instance_id }];
  });
  if (taken.length > 0) {
    const done = taken.filter(({ status }) => status !== 'pending');
    const gone = taken.filter(({ disableCallback }) => disableCallback);
    await addAttempts(session, taken);
    await passOnLanes(session, done);
    await disableCallbacks(session, gone);
    await streams.refresh(session, rows.map(instanceIdOf));
  }
  const done = new Set(taken.map(({ deliveryId }) => deliveryId));
  return outcomes.map(({ deliveryId }) => done.has(deliveryId));
}

async function disableCallbacks(
  session: Session,
  outcomes: readonly (DeliveryOutcome & { readonly instance_id: string })[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await disable(session, { gone: outcomes.map(({ instance_id, attempt }) => ({ id: instance_id, at: attempt.at })) });
  await streams.close(session, outcomes.map(instanceIdOf));
}

const instanceIdOf = (row: { readonly instance_id: string }) => row.instance_id;

/** The row's number, or nothing for an id that no delivery can have. */
const rowNumber = (deliveryId: string) => (/^\d{1,15}$/.test(deliveryId) ? [Number(deliveryId)] : []);
