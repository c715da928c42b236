/**
 * The row that stands for all of an instance's stream and queue. Its lock comes first in every step that changes them,
 * and locks of several rows are taken in the order of their ids, so that no two steps wait for each other.
 */
import type { Expression, Selectable } from 'kysely';
import { anyOf, anyOfQuery } from './arrays.ts';
import type { Session } from './connection.ts';
import { isHead } from './delivery-heads.ts';
import { prepared, type Slots } from './prepared.ts';
import type { Tables } from './tables.ts';

export type Stream = Pick<Selectable<Tables['streams']>, 'last_sequence' | 'has_callback'>;

const lock = prepared((db, { value }: Slots<{ id: string }>) =>
  db.selectFrom('streams').select(['last_sequence', 'has_callback']).where('instance_id', '=', value('id')).forUpdate(),
);
const lockAll = (db: Session, instanceIds: Expression<{ instance_id: string }>) =>
  db
    .selectFrom('streams')
    .select('instance_id')
    .where('instance_id', '=', anyOfQuery(instanceIds))
    .orderBy('instance_id')
    .forUpdate();
const lockOfDeliveries = prepared((db, { value }: Slots<{ ids: readonly number[] }>) => {
  const deliveries = db.selectFrom('deliveries').where('id', '=', anyOf(value('ids')));
  return lockAll(db, deliveries.select('instance_id'));
});
const advance = prepared((db, { value }: Slots<{ id: string; events: number; headAt: number | null }>) =>
  db
    .updateTable('streams')
    .set(({ eb, fn }) => ({
      last_sequence: eb('last_sequence', '+', value('events')),
      // A head that is added is fresh and due at once, so it can only bring the first of them forward.
      fresh_at: fn<number>('least', ['fresh_at', value('headAt')]),
    }))
    .where('instance_id', '=', value('id')),
);
const refresh = prepared((db, { value }: Slots<{ ids: readonly string[] }>) =>
  db
    .updateTable('streams as s')
    .set(({ selectFrom }) => {
      const firstFree = (kind: 'fresh' | 'retry') =>
        selectFrom('deliveries as d')
          .select(({ fn }) => fn.min('d.free_at').as('at'))
          .whereRef('d.instance_id', '=', 's.instance_id')
          .where(isHead[kind]);
      return { fresh_at: firstFree('fresh'), retry_at: firstFree('retry') };
    })
    .where('instance_id', '=', anyOf(value('ids'))),
);
const selectNext = prepared((db) => {
  const firstOf = (column: 'fresh_at' | 'retry_at') =>
    db
      .selectFrom('streams')
      .select(({ fn }) => fn.min(column).as('at'))
      .where(({ ref }) => ref('is_open'));
  return db.selectNoFrom(({ fn }) => fn<number | null>('least', [firstOf('fresh_at'), firstOf('retry_at')]).as('at'));
});

/** Steps inside the caller's transaction. */
export const streams = {
  async create(session: Session, instanceId: string, hasCallback: boolean, isOpen: boolean): Promise<void> {
    await session
      .insertInto('streams')
      .values({ instance_id: instanceId, has_callback: hasCallback, is_open: isOpen })
      .execute();
  },
  /** Undefined when the instance is gone. */
  async lock(session: Session, id: string): Promise<Stream | undefined> {
    const { rows } = await lock(session, { id });
    return rows[0];
  },
  async lockOfDeliveries(session: Session, ids: readonly number[]): Promise<void> {
    await lockOfDeliveries(session, { ids });
  },
  async lockOfOwner(session: Session, owner: string): Promise<void> {
    const deliveries = session.selectFrom('deliveries').where('owner', '=', owner);
    await lockAll(session, deliveries.select('instance_id')).execute();
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
  /** Counts events that were stored; `headAt` is when the first of their deliveries may go out, null when none may. */
  async advance(session: Session, id: string, events: number, headAt: number | null): Promise<void> {
    await advance(session, { id, events, headAt });
  },
  /** Brings what is known of the queues as a whole in line with their heads. */
  async refresh(session: Session, instanceIds: Iterable<string>): Promise<void> {
    const ids = [...new Set(instanceIds)];
    if (ids.length > 0) await refresh(session, { ids });
  },
  /** When the next head is free; null when nothing waits in an open queue. */
  async nextDueAt(session: Session): Promise<number | null> {
    const { rows } = await selectNext(session, {});
    return rows[0]?.at ?? null;
  },
};
