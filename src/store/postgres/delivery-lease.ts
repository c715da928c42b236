/** Which deliveries go out next. Both steps run in one transaction, which the first one's locks hold the queues for. */
import { sql } from 'kysely';
import type { Delivery } from '../port.ts';
import { deliveryOf } from '../row/delivery-row.ts';
import { anyOf } from './arrays.ts';
import type { Session } from './connection.ts';
import { isHead } from './delivery-heads.ts';
import { prepared, type Slots } from './prepared.ts';

type Kind = keyof typeof isHead;

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
    .limit(sql.lit(1))
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
