import type { PollKey, PollRelease, PollState } from '../port.ts';
import { type PollRow, pollColumns, pollOf } from '../row/poll-row.ts';
import { type Connection, relaxed, sql } from './connection.ts';

interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

const ofKey = 'instance_id = $1 AND object = $2 AND feed = $3';

const select = sql(`SELECT ${pollColumns} FROM polls WHERE ${ofKey}`);
const selectAll = sql(`SELECT ${pollColumns} FROM polls WHERE instance_id = $1 ORDER BY object, feed`);
const takeDue = sql(`UPDATE polls SET owner = $1, free_at = $2
  WHERE ${relaxed} AND ctid = ANY (ARRAY(
    SELECT ctid FROM polls WHERE due_at <= $3 AND free_at <= $3 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED))
  RETURNING ${pollColumns}`);
const take = sql(`UPDATE polls SET owner = $4, free_at = $5
  WHERE ${ofKey} AND (owner IS NULL OR free_at <= $6) RETURNING ${pollColumns}`);
const renew = sql(`UPDATE polls SET free_at = $5 WHERE ${ofKey} AND owner = $4`);
const release = sql(`UPDATE polls SET owner = NULL, due_at = least(due_at, $5), free_at = least(due_at, $5),
    webhook_since = coalesce(webhook_since, $6) WHERE ${ofKey} AND owner = $4`);
const retry = sql(
  'UPDATE polls SET due_at = $2, free_at = $2 WHERE instance_id = $1 AND failures > 0 AND owner IS NULL',
);
// What is leased was due first, so it stands before the rest; of a crowd of leases the first tell when one ends.
const selectNext = sql(`SELECT min(at) AS at FROM (
  (SELECT due_at AS at FROM polls WHERE owner IS NULL ORDER BY due_at LIMIT 1)
  UNION ALL SELECT greatest(due_at, free_at) FROM (SELECT owner, due_at, free_at FROM polls ORDER BY due_at LIMIT 1000) AS first
  WHERE owner IS NOT NULL) AS next`);

/** Whose poll it is and when it is due. What a poll leaves behind is in poll-commit.ts, how it ends in poll-finish.ts. */
export function polls(connection: Connection) {
  return {
    async get(key: PollKey): Promise<PollState | null> {
      return first(await connection.rows<PollRow>(select, valuesOf(key)));
    },
    async list(instanceId: string): Promise<readonly PollState[]> {
      return (await connection.rows<PollRow>(selectAll, [instanceId])).map(pollOf);
    },
    async leaseDue({ owner, now, leaseMs, limit }: Lease & { limit: number }): Promise<readonly PollState[]> {
      const rows = await connection.rows<PollRow>(takeDue, [owner, now + leaseMs, now, limit]);
      return rows.map(pollOf).sort((a, b) => a.dueAt - b.dueAt);
    },
    async lease(key: PollKey, { owner, now, leaseMs }: Lease): Promise<PollState | null> {
      return first(await connection.rows<PollRow>(take, [...valuesOf(key), owner, now + leaseMs, now]));
    },
    async renew(key: PollKey, { owner, now, leaseMs }: Lease): Promise<boolean> {
      return (await connection.run(renew, [...valuesOf(key), owner, now + leaseMs])) > 0;
    },
    async release({ key, owner, dueAt, toldAt }: PollRelease): Promise<void> {
      await connection.run(release, [...valuesOf(key), owner, dueAt ?? null, toldAt ?? null]);
    },
    async retry(instanceId: string, now: number): Promise<void> {
      await connection.run(retry, [instanceId, now]);
    },
    async nextDueAt(): Promise<number | null> {
      const [row] = await connection.rows<{ at: number | null }>(selectNext);
      return row?.at ?? null;
    },
  };
}

const valuesOf = (key: PollKey) => [key.instanceId, key.object, key.feed];

const first = ([row]: readonly PollRow[]) => (row === undefined ? null : pollOf(row));
