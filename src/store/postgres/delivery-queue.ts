/**
 * Each instance has a queue of deliveries: lanes side by side, of which only the heads may go out. What is known of a
 * queue as a whole stands in `streams`. All steps here run in a transaction that holds the locks of the streams.
 */
import { sql } from 'kysely';
import type { Delivery, DeliveryStatus } from '../port.ts';
import { deliveryOf } from '../row/delivery-row.ts';
import { laneOf } from '../row/event-row.ts';
import { anyOf, anyOfQuery } from './arrays.ts';
import type { Session } from './connection.ts';
import { isHead } from './delivery-heads.ts';
import type { AppendedEvent } from './event-log.ts';
import { prepared, type Slots } from './prepared.ts';

type Kind = keyof typeof isHead;

/** As the index of lanes has it. */
const pending = sql.lit<DeliveryStatus>('pending');

interface Add {
  readonly instanceId: string;
  readonly fresh: readonly { event: number; lane: string }[];
  readonly now: number;
}

const add = prepared((session, { value, table }: Slots<Add>) =>
  session
    .with('added', (db) =>
      db
        .insertInto('deliveries')
        .columns(['event', 'instance_id', 'lane', 'status', 'is_head', 'attempts', 'due_at', 'free_at', 'created_at'])
        .expression((from) =>
          from
            .selectFrom(table('fresh', { event: 'bigint', lane: 'text' }))
            .select(({ and, eb, fn, lit, selectFrom }) => {
              const firstPlace = fn.min('place').over((rows) => rows.partitionBy('lane'));
              // Asked as a value and not as NOT EXISTS, for which the planner may read all that is pending to answer
              // for a few lanes.
              const ahead = selectFrom('deliveries as d')
                .select('d.id')
                .where('d.instance_id', '=', value('instanceId'))
                .whereRef('d.lane', '=', 'fresh.lane')
                .where('d.status', '=', pending)
                .limit(lit(1));
              return [
                'event',
                value('instanceId').as('instance_id'),
                'lane',
                pending.as('status'),
                and([eb('place', '=', firstPlace), eb(ahead, 'is', null)]).as('is_head'),
                lit(0).as('attempts'),
                value('now').as('due_at'),
                value('now').as('free_at'),
                value('now').as('created_at'),
              ];
            })
            .orderBy('place'),
        )
        .returning('is_head'),
    )
    .selectFrom('added')
    .select(({ fn }) => fn.countAll<number>().filterWhere('is_head', 'is', true).as('heads')),
);

interface Look {
  readonly now: number;
  readonly except: readonly string[];
  readonly limit: number;
}

const openQueues = (db: Session, { value }: Slots<Look>) =>
  db
    .selectFrom('streams')
    .select('instance_id')
    .where(({ ref }) => ref('is_open'))
    .where(({ eb, not }) => not(eb('instance_id', '=', anyOf(value('except')))));
// Queues by their oldest head: none that is left out has an older one than those that are taken.
const lockFree = prepared((db, slots: Slots<Look>) => {
  const free = (kind: Kind) =>
    openQueues(db, slots)
      .where(`${kind}_at`, '<=', slots.value('now'))
      .orderBy(`${kind}_at`)
      .limit(slots.value('limit'))
      .forUpdate()
      .skipLocked()
      .as(kind);
  return db
    .selectFrom(free('fresh'))
    .selectAll()
    .union(db.selectFrom(free('retry')).selectAll());
});
const lockOldest = prepared((db, slots: Slots<Look>) =>
  openQueues(db, slots)
    .where(({ eb, or }) => or([eb('fresh_at', '<=', slots.value('now')), eb('retry_at', '<=', slots.value('now'))]))
    .orderBy(({ fn }) => fn('least', ['fresh_at', 'retry_at']))
    .limit(1)
    .forUpdate(),
);

interface Take {
  readonly queues: readonly { instance_id: string }[];
  readonly owner: string;
  readonly now: number;
  readonly leasedUntil: number;
  readonly limit: number;
}

const take = prepared((session, { value, table }: Slots<Take>) =>
  session
    .with('heads', (db) =>
      db
        .selectFrom(table('queues', { instance_id: 'text' }))
        .crossJoinLateral(({ selectFrom }) => {
          const free = (kind: Kind, rank: number) =>
            selectFrom('deliveries as d')
              .select(({ lit }) => ['d.id', 'd.free_at', lit(rank).as('rank')])
              .whereRef('d.instance_id', '=', 'queues.instance_id')
              .where(isHead[kind])
              .where('d.free_at', '<=', value('now'))
              .orderBy('d.free_at')
              .orderBy('d.id')
              .limit(value('limit'))
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
        .limit(value('limit')),
    )
    .with('taken', (db) =>
      db
        .updateTable('deliveries as d')
        .from('heads')
        .set({ owner: value('owner'), free_at: value('leasedUntil') })
        .whereRef('d.id', '=', 'heads.id')
        .returning(['d.id as number', 'd.instance_id', 'd.lane', 'd.status', 'd.attempts', 'd.due_at', 'd.created_at'])
        .returning(['d.event', 'heads.rank', 'heads.free_at as was_free_at']),
    )
    .selectFrom('taken')
    .innerJoin('events as e', 'e.number', 'taken.event')
    .selectAll('taken')
    .select(['e.id', 'e.sequence', 'e.envelope'])
    .orderBy('rank')
    .orderBy('was_free_at')
    .orderBy('taken.number'),
);

interface Lane {
  readonly instance_id: string;
  readonly lane: string;
}

const passOn = prepared((db, { table }: Slots<{ ended: readonly Lane[] }>) => {
  const next = db
    .selectFrom(table('ended', { instance_id: 'text', lane: 'text' }))
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
  return db.updateTable('deliveries').set({ is_head: true }).where('id', '=', anyOfQuery(next));
});

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
  const fresh = appended.map(({ number, event }) => ({ event: number, lane: laneOf(event) }));
  const { rows } = await add(session, { instanceId, fresh, now });
  return rows[0]?.heads ?? 0;
}

/**
 * Locks the queues that have something free, and answers their instances. Those that another is busy with are passed
 * over; only when there are no others is the oldest of them waited for, so that one is never passed over for good.
 */
export async function lockFreeQueues(session: Session, look: Look): Promise<readonly string[]> {
  const free = await lockFree(session, look);
  const { rows } = free.rows.length > 0 ? free : await lockOldest(session, look);
  return rows.map((row) => row.instance_id);
}

/** Leases the heads of these queues that are due and free, fresh before retries and then oldest first. */
export async function takeHeads(
  session: Session,
  instanceIds: readonly string[],
  { owner, now, leaseMs, limit }: { owner: string; now: number; leaseMs: number; limit: number },
): Promise<readonly Delivery[]> {
  const queues = instanceIds.map((instance_id) => ({ instance_id }));
  const { rows } = await take(session, { queues, owner, now, leasedUntil: now + leaseMs, limit });
  return rows.map(deliveryOf);
}

/** The heads of these lanes are done: the next ones move up. */
export async function passOnLanes(session: Session, ended: readonly Lane[]): Promise<void> {
  await passOn(session, { ended });
}
