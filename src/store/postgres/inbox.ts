/** Changes told by webhook, on their way to become events. */
import type { InboxChange, InboxFinish, InboxLease, NewInboxChange } from '../port.ts';
import { type InboxRow, inboxChangeOf, inboxColumns, inboxRowOf } from '../row/inbox-row.ts';
import { type Connection, sql } from './connection.ts';

// An instance that was deleted meanwhile takes nothing, and neither does one that knows the change.
const insert = sql(`INSERT INTO inbox
    (instance_id, object, record_id, change, occurred_at, record, dedupe, received_at, free_at)
  SELECT told.instance_id, object, record_id, change, occurred_at, record, dedupe, received_at, received_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[])
    AS told (instance_id, object, record_id, change, occurred_at, record, dedupe, received_at)
  JOIN instances ON instances.id = told.instance_id AND NOT is_gone
  ON CONFLICT DO NOTHING`);
const takeDue = sql(`UPDATE inbox SET owner = $1, free_at = $2
  WHERE number = ANY (ARRAY(
    SELECT taken.number FROM (
      SELECT instance_id, object FROM inbox WHERE done_at IS NULL AND free_at <= $3
      GROUP BY instance_id, object ORDER BY min(number) LIMIT $4) AS waiting
    CROSS JOIN LATERAL (
      SELECT number FROM inbox WHERE inbox.instance_id = waiting.instance_id AND inbox.object = waiting.object
        AND done_at IS NULL AND free_at <= $3 ORDER BY number LIMIT $5 FOR UPDATE SKIP LOCKED) AS taken))
  RETURNING ${inboxColumns}`);
const finish = sql(
  'UPDATE inbox SET owner = NULL, record = NULL, done_at = $1 WHERE number = ANY ($2::bigint[]) AND owner = $3',
);
const putBack = sql(`UPDATE inbox SET owner = NULL, free_at = again.due_at, attempts = attempts + again.failed
  FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS again (number, due_at, failed)
  WHERE inbox.number = again.number AND owner = $4`);
const forget = sql('DELETE FROM inbox WHERE done_at < $1');
const selectNext = sql('SELECT min(free_at) AS at FROM inbox WHERE done_at IS NULL');

export function inbox(connection: Connection) {
  return {
    add(changes: readonly NewInboxChange[]): Promise<number> {
      const rows = changes.map(inboxRowOf);
      return connection.run(insert, [
        rows.map((row) => row.instance_id),
        rows.map((row) => row.object),
        rows.map((row) => row.record_id),
        rows.map((row) => row.change),
        rows.map((row) => row.occurred_at),
        rows.map((row) => row.record),
        rows.map((row) => row.dedupe),
        rows.map((row) => row.received_at),
      ]);
    },
    async lease({ owner, now, leaseMs, limit, each }: InboxLease): Promise<readonly InboxChange[]> {
      const rows = await connection.rows<InboxRow>(takeDue, [owner, now + leaseMs, now, limit, each]);
      return rows.map(inboxChangeOf).sort((a, b) => a.number - b.number);
    },
    finish({ owner, now, done, again, forgetBefore }: InboxFinish): Promise<void> {
      return connection.transaction(async (session) => {
        await session.run(finish, [now, done, owner]);
        const [numbers, dueAts] = [again.map(({ number }) => number), again.map(({ dueAt }) => dueAt)];
        await session.run(putBack, [numbers, dueAts, again.map(({ failed }) => (failed ? 1 : 0)), owner]);
        await session.run(forget, [forgetBefore]);
      });
    },
    async nextDueAt(): Promise<number | null> {
      const [row] = await connection.rows<{ at: number | null }>(selectNext);
      return row?.at ?? null;
    },
  };
}
