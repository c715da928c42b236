import type { Attempt } from '../port.ts';
import { type AttemptRow, attemptOf } from '../row/delivery-row.ts';
import type { Connection, Session } from './connection.ts';
import { prepared, type Slots } from './prepared.ts';

const columns = ['delivery', 'number', 'at', 'duration_ms', 'status', 'failure_code', 'failure_message'] as const;

const insert = prepared((db, { table }: Slots<{ made: readonly AttemptRow[] }>) => {
  const made = table('made', {
    delivery: 'bigint',
    number: 'integer',
    at: 'bigint',
    duration_ms: 'float8',
    status: 'integer',
    failure_code: 'text',
    failure_message: 'text',
  });
  return db.insertInto('attempts').columns(columns).expression(db.selectFrom(made).select(columns));
});

/** Runs inside the caller's transaction. */
export async function addAttempts(
  session: Session,
  made: readonly { readonly delivery: number; readonly attempt: Attempt }[],
): Promise<void> {
  const rows = made.map(
    ({ delivery, attempt: { number, at, durationMs, status, failure } }): AttemptRow => ({
      delivery,
      number,
      at,
      duration_ms: durationMs,
      status,
      failure_code: failure?.code ?? null,
      failure_message: failure?.message ?? null,
    }),
  );
  await insert(session, { made: rows });
}

/** Each try to deliver an event. */
export function attempts({ db }: Connection) {
  return {
    async list(eventId: string): Promise<readonly Attempt[]> {
      const rows = await db
        .selectFrom('events as e')
        .innerJoin('deliveries as d', 'd.event', 'e.number')
        .innerJoin('attempts as a', 'a.delivery', 'd.id')
        // An instance that is gone has no stream.
        .innerJoin('streams as s', 's.instance_id', 'e.instance_id')
        .select(['a.delivery', 'a.number', 'a.at', 'a.duration_ms', 'a.status', 'a.failure_code', 'a.failure_message'])
        .where('e.id', '=', eventId)
        .orderBy('a.delivery')
        .orderBy('a.number')
        .execute();
      return rows.map((row) => attemptOf(row, eventId));
    },
  };
}
