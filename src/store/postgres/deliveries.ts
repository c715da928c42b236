import { batched } from '../batched.ts';
import type { Delivery, DeliveryOutcome, Store } from '../port.ts';
import { addAttempts } from './attempts.ts';
import { type Connection, type Session, sql } from './connection.ts';
import { lockFreeQueues, passOnLanes, takeHeads } from './delivery-queue.ts';
import { isOfOneItem } from './driver-failure.ts';
import { streams } from './streams.ts';

type LeaseRequest = Parameters<Store['leaseDeliveries']>[0];

interface OfInstance {
  instance_id: string;
}

const end = sql(`UPDATE deliveries AS d SET owner = NULL, status = ended.status, attempts = ended.attempts,
    is_head = ended.status = 'pending', due_at = coalesce(ended.due_at, d.due_at),
    free_at = coalesce(ended.due_at, d.free_at)
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::bigint[])
    AS ended (id, owner, status, attempts, due_at)
  WHERE d.id = ended.id AND d.owner = ended.owner AND EXISTS (SELECT FROM streams AS s WHERE s.instance_id = d.instance_id)
  RETURNING d.id, d.instance_id, d.lane`);
const disable = sql(`UPDATE instances SET callback_disabled_at = gone.at
  FROM unnest($1::text[], $2::bigint[]) AS gone (id, at)
  WHERE instances.id = gone.id AND callback_disabled_at IS NULL`);
const freed = 'UPDATE deliveries SET owner = NULL, free_at = due_at WHERE owner = $1';
const freeOwned = sql(`${freed} RETURNING instance_id`);
const freeSome = sql(`${freed} AND id = ANY ($2::bigint[]) RETURNING instance_id`);

const mostFinished = 200;

/** Who sends what, and what came of it. */
export function deliveries(connection: Connection) {
  return {
    lease(request: LeaseRequest): Promise<readonly Delivery[]> {
      const { now, limit, except = [] } = request;
      return connection.transaction(async (session) => {
        const instanceIds = await lockFreeQueues(session, { now, limit, except });
        if (instanceIds.length === 0) return [];
        const leased = await takeHeads(session, instanceIds, request);
        await refreshOf(session, leased);
        return leased;
      });
    },
    finish: batched<DeliveryOutcome, boolean>({
      most: mostFinished,
      isOfOneItem,
      keyOf: ({ deliveryId }) => deliveryId,
      run: (outcomes) => connection.transaction((session) => finishAll(session, outcomes)),
    }),
    release(owner: string, deliveryIds?: readonly string[]): Promise<void> {
      return connection.transaction(async (session) => {
        const ids = deliveryIds?.flatMap(rowNumber);
        if (ids === undefined) await streams.lockOfOwner(session, owner);
        else await streams.lockOfDeliveries(session, ids);
        const free = ids === undefined ? freeOwned : freeSome;
        const rows = await session.rows<OfInstance>(free, ids === undefined ? [owner] : [owner, ids]);
        await streams.refresh(
          session,
          rows.map((row) => row.instance_id),
        );
      });
    },
    nextDueAt: () => streams.nextDueAt(connection.db),
  };
}

async function finishAll(session: Session, outcomes: readonly DeliveryOutcome[]): Promise<readonly boolean[]> {
  const known = outcomes.flatMap((outcome) => rowNumber(outcome.deliveryId).map((number) => ({ ...outcome, number })));
  await streams.lockOfDeliveries(
    session,
    known.map(({ number }) => number),
  );
  const rows = await session.rows<OfInstance & { id: number; lane: string }>(end, [
    known.map(({ number }) => number),
    known.map(({ owner }) => owner),
    known.map(({ status }) => status),
    known.map(({ attempt }) => attempt.number),
    known.map(({ status, dueAt, attempt }) => (status === 'pending' ? (dueAt ?? attempt.at) : null)),
  ]);
  const byNumber = new Map(rows.map((row) => [row.id, row]));
  const taken = known.flatMap((outcome) => {
    const row = byNumber.get(outcome.number);
    return row === undefined ? [] : [{ ...outcome, delivery: row.id, lane: row.lane, instance_id: row.instance_id }];
  });
  if (taken.length > 0) {
    await addAttempts(session, taken);
    await passOnLanes(
      session,
      taken.filter(({ status }) => status !== 'pending'),
    );
    await disableCallbacks(
      session,
      taken.filter(({ disableCallback }) => disableCallback),
    );
    await streams.refresh(
      session,
      rows.map((row) => row.instance_id),
    );
  }
  const done = new Set(taken.map(({ deliveryId }) => deliveryId));
  return outcomes.map(({ deliveryId }) => done.has(deliveryId));
}

async function disableCallbacks(session: Session, gone: readonly (OfInstance & DeliveryOutcome)[]): Promise<void> {
  if (gone.length === 0) return;
  const ids = gone.map((outcome) => outcome.instance_id);
  await session.run(disable, [ids, gone.map(({ attempt }) => attempt.at)]);
  await streams.close(session, ids);
}

function refreshOf(session: Session, leased: readonly Delivery[]): Promise<void> {
  return streams.refresh(
    session,
    leased.map((delivery) => delivery.instanceId),
  );
}

/** The row's number, or nothing for an id that no delivery can have. */
const rowNumber = (deliveryId: string) => (/^\d{1,15}$/.test(deliveryId) ? [Number(deliveryId)] : []);
