/**
 * Each instance has a queue of deliveries: lanes side by side, of which only the heads may go out. What is known of a
 * queue as a whole stands in `streams`. All steps here run in a transaction that holds the locks of the streams.
 */
import { sql } from 'kysely';
import type { Delivery, DeliveryStatus } from '../port.ts';
import { deliveryOf } from '../row/delivery-row.ts';
import { laneOf } from '../row/event-row.ts';
import { anyOfQuery, arrayTable, noneOf } from './array-table.ts';
import type { Session } from './connection.ts';
import { isHead } from './delivery-heads.ts';
import type { AppendedEvent } from './event-log.ts';

type Kind = keyof typeof isHead;

/** As the index of lanes has it. */
const pending = sql.lit<DeliveryStatus>('pending');

/**
 * Adds deliveries that are due at once, each behind the others of its record.
 * @returns How many of them stand first in their lane.
 */
export async function addDeliveries(
  session: Session,
  instanceId: string,
  appended: readonly AppendedEvent[],
  now: number,
): Promise<number> {
  const fresh = arrayTable(
    'fresh',
    { event: 'bigint', lane: 'text' },
    appended.map(({ number, event }) => ({ event: number, lane: laneOf(event) })),
  );
  const { heads } = await session
    .with('added', (db) =>
      db
        .insertInto('deliveries')
        .columns(['event', 'instance_id', 'lane', 'status', 'is_head', 'attempts', 'due_at', 'free_at', 'created_at'])
        .expression((from) =>
          from
            .selectFrom(fresh)
            .select(({ and, eb, fn, lit, ref, selectFrom, val }) => {
              const isFirstHere = eb(
                'place',
                '=',
                fn.min('place').over((rows) => rows.partitionBy('lane')),
              );
              // Asked as a value and not as NOT EXISTS, for which the planner may read all that is pending to answer
              // for a few lanes.
              const ahead = selectFrom('deliveries as d')
                .select('d.id')
                .where('d.instance_id', '=', instanceId)
                .whereRef('d.lane', '=', 'fresh.lane')
                .where('d.status', '=', pending)
                .limit(lit(1));
              const at = val(now);
              return [
                ref('event').as('event'),
                val(instanceId).as('instance_id'),
                ref('lane').as('lane'),
                pending.as('status'),
                and([isFirstHere, eb(ahead, 'is', null)]).as('is_head'),
                lit(0).as('attempts'),
                at.as('due_at'),
                at.as('free_at'),
                at.as('created_at'),
              ];
            })
            .orderBy('place'),
        )
        .returning('is_head'),
    )
    .selectFrom('added')
    .select(({ fn }) => fn.countAll<number>().filterWhere('is_head', 'is', true).as('heads'))
    .executeTakeFirstOrThrow();
  return heads;
}

/**
 * Locks the queues that have something free, and answers their instances. Those that another is busy with are passed
 * over; only when there are no others is the oldest of them waited for, so that one is never passed over for good.
 */
export async function lockFreeQueues(
  session: Session,
  { now, limit, except }: { now: number; limit: number; except: readonly string[] },
): Promise<readonly string[]> {
  const open = session
    .selectFrom('streams')
    .select('instance_id')
    .where(({ ref }) => ref('is_open'))
    .where('instance_id', '!=', noneOf(except));
  // Queues by their oldest head: none that is left out has an older one than those that are taken.
  const free = (kind: Kind) =>
    open.where(`${kind}_at`, '<=', now).orderBy(`${kind}_at`).limit(limit).forUpdate().skipLocked();
  const freeNow = await session
    .selectFrom(free('fresh').as('fresh'))
    .selectAll()
    .union(session.selectFrom(free('retry').as('retry')).selectAll())
    .execute();
  const locked =
    freeNow.length > 0
      ? freeNow
      : await open
          .where(({ eb, or }) => or([eb('fresh_at', '<=', now), eb('retry_at', '<=', now)]))
          .orderBy(({ fn }) => fn('least', ['fresh_at', 'retry_at']))
          .limit(1)
          .forUpdate()
          .execute();
  return locked.map((row) => row.instance_id);
}

/** Leases the heads of these queues that are due and free, fresh before retries and then oldest first. */
export async function takeHeads(
  session: Session,
  instanceIds: readonly string[],
  { owner, now, leaseMs, limit }: { owner: string; now: number; leaseMs: number; limit: number },
): Promise<readonly Delivery[]> {
  const queues = arrayTable(
    'queue',
    { instance_id: 'text' },
    instanceIds.map((instance_id) => ({ instance_id })),
  );
  const rows = await session
    .with('heads', (db) =>
      db
        .selectFrom(queues)
        .crossJoinLateral(({ selectFrom }) => {
          const free = (kind: Kind, rank: number) =>
            selectFrom('deliveries as d')
              .select(({ lit }) => ['d.id', 'd.free_at', lit(rank).as('rank')])
              .whereRef('d.instance_id', '=', 'queue.instance_id')
              .where(isHead[kind])
              .where('d.free_at', '<=', now)
              .orderBy('d.free_at')
              .orderBy('d.id')
              .limit(limit)
              .as(kind);
          return selectFrom(free('fresh', 0))
            .selectAll()
            .unionAll(selectFrom(free('retry', 1)).selectAll())
            .as('head');
        })
        .selectAll('head')
        .orderBy('rank')
        .orderBy('free_at')
        .orderBy('id')
        .limit(limit),
    )
    .with('taken', (db) =>
      db
        .updateTable('deliveries as d')
        .from('heads')
        .set({ owner, free_at: now + leaseMs })
        .whereRef('d.id', '=', 'heads.id')
        .returning([
          'd.id as number',
          'd.instance_id',
          'd.lane',
          'd.status',
          'd.attempts',
          'd.due_at',
          'd.created_at',
          'd.event',
          'heads.rank',
          'heads.free_at as was_free_at',
        ]),
    )
    .selectFrom('taken')
    .innerJoin('events as e', 'e.number', 'taken.event')
    .selectAll('taken')
    .select(['e.id', 'e.sequence', 'e.envelope'])
    .orderBy('rank')
    .orderBy('was_free_at')
    .orderBy('taken.number')
    .execute();
  return rows.map(deliveryOf);
}

/** The heads of these lanes are done: the next ones move up. */
export async function passOnLanes(
  session: Session,
  lanes: readonly { readonly instance_id: string; readonly lane: string }[],
): Promise<void> {
  const ended = arrayTable(
    'ended',
    { instance_id: 'text', lane: 'text' },
    lanes.map(({ instance_id, lane }) => ({ instance_id, lane })),
  );
  const next = session
    .selectFrom(ended)
    .crossJoinLateral(({ selectFrom }) =>
      selectFrom('deliveries as d')
        .select('d.id')
        .whereRef('d.instance_id', '=', 'ended.instance_id')
        .whereRef('d.lane', '=', 'ended.lane')
        .where('d.status', '=', pending)
        .orderBy('d.id')
        .limit(1)
        .as('next'),
    )
    .select('next.id');
  await session.updateTable('deliveries').set({ is_head: true }).where('id', '=', anyOfQuery(next)).execute();
}
