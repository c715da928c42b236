/**
 * The row that stands for all of an instance's stream and queue. Its lock comes first in every step that changes them,
 * and locks of several rows are taken in the order of their ids, so that no two steps wait for each other.
 */
import type { Expression, Selectable } from 'kysely';
import { anyOf, anyOfQuery } from './array-table.ts';
import type { Session } from './connection.ts';
import { isHead } from './delivery-heads.ts';
import type { Tables } from './tables.ts';

export type Stream = Pick<Selectable<Tables['streams']>, 'last_sequence' | 'has_callback'>;

/** Steps inside the caller's transaction. */
export const streams = {
  async create(session: Session, instanceId: string, hasCallback: boolean, isOpen: boolean): Promise<void> {
    await session
      .insertInto('streams')
      .values({ instance_id: instanceId, has_callback: hasCallback, is_open: isOpen })
      .execute();
  },
  /** Undefined when the instance is gone. */
  lock(session: Session, instanceId: string): Promise<Stream | undefined> {
    return session
      .selectFrom('streams')
      .select(['last_sequence', 'has_callback'])
      .where('instance_id', '=', instanceId)
      .forUpdate()
      .executeTakeFirst();
  },
  async lockOfDeliveries(session: Session, deliveryIds: readonly number[]): Promise<void> {
    const instanceIds = session.selectFrom('deliveries').select('instance_id').where('id', '=', anyOf(deliveryIds));
    await lockAll(session, instanceIds);
  },
  async lockOfOwner(session: Session, owner: string): Promise<void> {
    await lockAll(session, session.selectFrom('deliveries').select('instance_id').where('owner', '=', owner));
  },
  /** What waits in a closed queue is kept, and not leased. */
  async setCallback(session: Session, instanceId: string, hasCallback: boolean, isOpen: boolean): Promise<void> {
    await session
      .updateTable('streams')
      .set({ has_callback: hasCallback, is_open: isOpen })
      .where('instance_id', '=', instanceId)
      .execute();
  },
  /** The instance is gone: nothing is appended, leased or finished any more. */
  async remove(session: Session, instanceId: string): Promise<void> {
    await session.deleteFrom('streams').where('instance_id', '=', instanceId).execute();
  },
  async close(session: Session, instanceIds: readonly string[]): Promise<void> {
    await session
      .updateTable('streams')
      .set({ is_open: false })
      .where('instance_id', '=', anyOf(instanceIds))
      .execute();
  },
  /** Counts events that were stored; `hasNewHead` when a delivery of them stands first in its lane. */
  async advance(
    session: Session,
    instanceId: string,
    { events, hasNewHead, now }: { events: number; hasNewHead: boolean; now: number },
  ): Promise<void> {
    await session
      .updateTable('streams')
      .set((eb) => ({
        last_sequence: eb('last_sequence', '+', events),
        // A head that is added is fresh and due at once, so it can only bring the first of them forward.
        ...(hasNewHead ? { fresh_at: eb.fn<number>('least', ['fresh_at', eb.val(now)]) } : {}),
      }))
      .where('instance_id', '=', instanceId)
      .execute();
  },
  /** Brings what is known of the queues as a whole in line with their heads. */
  async refresh(session: Session, instanceIds: Iterable<string>): Promise<void> {
    const ids = [...new Set(instanceIds)];
    if (ids.length === 0) return;
    await session
      .updateTable('streams as s')
      .set(({ selectFrom }) => {
        const firstFree = (kind: 'fresh' | 'retry') =>
          selectFrom('deliveries as d')
            .select(({ fn }) => fn.min('d.free_at').as('at'))
            .whereRef('d.instance_id', '=', 's.instance_id')
            .where(isHead[kind]);
        return { fresh_at: firstFree('fresh'), retry_at: firstFree('retry') };
      })
      .where('instance_id', '=', anyOf(ids))
      .execute();
  },
  /** When the next head is free; null when nothing waits in an open queue. */
  async nextDueAt(session: Session): Promise<number | null> {
    const firstOf = (column: 'fresh_at' | 'retry_at') =>
      session
        .selectFrom('streams')
        .select(({ fn }) => fn.min(column).as('at'))
        .where(({ ref }) => ref('is_open'));
    const { at } = await session
      .selectNoFrom(({ fn }) => fn<number | null>('least', [firstOf('fresh_at'), firstOf('retry_at')]).as('at'))
      .executeTakeFirstOrThrow();
    return at;
  },
};

async function lockAll(session: Session, instanceIds: Expression<{ instance_id: string }>): Promise<void> {
  await session
    .selectFrom('streams')
    .select('instance_id')
    .where('instance_id', '=', anyOfQuery(instanceIds))
    .orderBy('instance_id')
    .forUpdate()
    .execute();
}
