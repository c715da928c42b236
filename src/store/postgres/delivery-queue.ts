/**
 * Each instance has a queue of deliveries: lanes side by side, of which only the heads may go out. What is known of a
 * queue as a whole stands in `streams`. All steps here run in a transaction that holds the locks of the streams.
 */
import { sql } from 'kysely';
import type { DeliveryStatus } from '../port.ts';
import { laneOf } from '../row/event-row.ts';
import { anyOfQuery } from './arrays.ts';
import type { Session } from './connection.ts';
import type { AppendedEvent } from './event-log.ts';
import { prepared, type Slots } from './prepared.ts';

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
                .limit(sql.lit(1));
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
        .limit(sql.lit(1))
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

/** The heads of these lanes are done: the next ones move up. */
export async function passOnLanes(session: Session, ended: readonly Lane[]): Promise<void> {
  await passOn(session, { ended });
}
