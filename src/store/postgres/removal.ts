/** Takes away what nobody needs any more, a little at a time, so that the others never wait long. */
import type { Store } from '../port.ts';
import { anyOfQuery } from './arrays.ts';
import type { Connection, Session } from './connection.ts';
import { hasWebhooks } from './has-webhooks.ts';
import { streams } from './streams.ts';

type PurgeRequest = Parameters<Store['purgeEvents']>[0];
type Purged = Awaited<ReturnType<Store['purgeEvents']>>;

/** How many instances one step looks at. */
const instancesAStep = 500;

export function removal({ db, transaction }: Connection) {
  return {
    async oldest(instanceId: string): Promise<number | null> {
      const row = await db
        .selectFrom('streams as s')
        .select(({ eb, fn, lit, selectFrom }) => {
          const oldest = selectFrom('events as e')
            .select('e.sequence')
            .whereRef('e.instance_id', '=', 's.instance_id')
            .orderBy('e.sequence')
            .limit(lit(1));
          return fn.coalesce(oldest, eb('s.last_sequence', '+', lit(1))).as('sequence');
        })
        .where('s.instance_id', '=', instanceId)
        .executeTakeFirst();
      return row?.sequence ?? null;
    },
    async purge({ before, after, limit }: PurgeRequest): Promise<Purged> {
      let done = after ?? '';
      const end = await endOfStep(db, done);
      let purged = 0;
      for (const id of await withAged(db, { after: done, end, before })) {
        const left = limit - purged;
        const removed = await transaction((session) => purgeOne(session, id, before, left));
        purged += removed;
        // It may have more.
        if (removed === left) return { purged, after: done };
        done = id;
      }
      return { purged, after: end };
    },
    sweep(limit: number): Promise<boolean> {
      return transaction(async (session) => {
        const gone = await session
          .selectFrom('instances')
          .select('id')
          // As the index of those that are gone has it.
          .where(({ ref }) => ref('is_gone'))
          .where((eb) => eb.not(hasWebhooks(eb)))
          .limit(1)
          .forUpdate()
          .skipLocked()
          .executeTakeFirst();
        if (gone === undefined) return false;
        return (
          (await sweepEvents(session, gone.id, limit)) ||
          (await sweepLedger(session, gone.id, limit)) ||
          (await removeInstance(session, gone.id))
        );
      });
    },
  };
}

/** The last instance that a step looks at which begins after that one; null when there are not so many left. */
async function endOfStep(session: Session, after: string): Promise<string | null> {
  const row = await session
    .selectFrom('streams')
    .select('instance_id')
    .where('instance_id', '>', after)
    .orderBy('instance_id')
    .limit(1)
    .offset(instancesAStep - 1)
    .executeTakeFirst();
  return row?.instance_id ?? null;
}

/** Instances between these two whose first event was stored before that. */
async function withAged(
  session: Session,
  { after, end, before }: { after: string; end: string | null; before: number },
): Promise<readonly string[]> {
  const all = session
    .selectFrom('streams as s')
    .select('s.instance_id')
    .where('s.instance_id', '>', after)
    .where(({ eb, lit, selectFrom }) => {
      const first = selectFrom('events as e')
        .select('e.stored_at')
        .whereRef('e.instance_id', '=', 's.instance_id')
        .orderBy('e.sequence')
        .limit(lit(1));
      return eb(first, '<', before);
    })
    .orderBy('s.instance_id');
  const rows = await (end === null ? all : all.where('s.instance_id', '<=', end)).execute();
  return rows.map((row) => row.instance_id);
}

/** Under the lock of the stream, so that no delivery of these events is made or put back meanwhile. */
async function purgeOne(session: Session, id: string, before: number, limit: number): Promise<number> {
  if ((await streams.lock(session, id)) === undefined) return 0;
  const { numDeletedRows } = await session
    .with(
      (cte) => cte('oldest').materialized(),
      (db) =>
        db
          .selectFrom('events')
          .select(['number', 'sequence'])
          .select(({ eb, exists, or, selectFrom }) =>
            or([
              eb('stored_at', '>=', before),
              exists(
                selectFrom('deliveries as d')
                  .whereRef('d.event', '=', 'events.number')
                  .where('d.status', '=', 'pending'),
              ),
            ]).as('is_kept'),
          )
          .where('instance_id', '=', id)
          .orderBy('sequence')
          .limit(limit),
    )
    .deleteFrom('events')
    .where('number', '=', ({ selectFrom }) => {
      // Sequences stay contiguous: what cannot go keeps those behind it.
      const firstKept = selectFrom('oldest')
        .select(({ fn }) => fn.min('sequence').as('sequence'))
        .where('is_kept', 'is', true);
      const purged = selectFrom('oldest')
        .select('number')
        .where(({ eb, fn, lit }) => eb('sequence', '<', fn.coalesce(firstKept, eb('sequence', '+', lit(1)))));
      return anyOfQuery(purged);
    })
    .executeTakeFirst();
  return Number(numDeletedRows);
}

async function sweepEvents(session: Session, id: string, limit: number): Promise<boolean> {
  const some = session
    .selectFrom('events')
    .select('number')
    .where('instance_id', '=', id)
    .orderBy('sequence')
    .limit(limit);
  const { numDeletedRows } = await session
    .deleteFrom('events')
    .where('number', '=', anyOfQuery(some))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function sweepLedger(session: Session, id: string, limit: number): Promise<boolean> {
  const some = session.selectFrom('ledger').select('ctid').where('instance_id', '=', id).limit(limit);
  const { numDeletedRows } = await session.deleteFrom('ledger').where('ctid', '=', anyOfQuery(some)).executeTakeFirst();
  return numDeletedRows > 0n;
}

async function removeInstance(session: Session, id: string): Promise<boolean> {
  const { numDeletedRows } = await session.deleteFrom('instances').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
