import type { PollFinish, PollKey, PollRelease, PollState } from '../port.ts';
import { type PollRow, pollColumns, pollOf } from '../row/poll-row.ts';
import { batched } from './batched.ts';
import { type Connection, sql } from './connection.ts';

interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

const ofKey = 'instance_id = $1 AND object = $2 AND feed = $3';

const select = sql(`SELECT ${pollColumns} FROM polls WHERE ${ofKey}`);
const selectAll = sql(`SELECT ${pollColumns} FROM polls WHERE instance_id = $1 ORDER BY object, feed`);
const takeDue = sql(`UPDATE polls SET owner = $1, free_at = $2
  WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM polls WHERE free_at <= $3 ORDER BY free_at, due_at LIMIT $4 FOR UPDATE SKIP LOCKED))
  RETURNING ${pollColumns}`);
const take = sql(`UPDATE polls SET owner = $4, free_at = $5
  WHERE ${ofKey} AND (owner IS NULL OR free_at <= $6) RETURNING ${pollColumns}`);
const renew = sql(`UPDATE polls SET free_at = $5 WHERE ${ofKey} AND owner = $4`);
const finish = sql(`UPDATE polls SET owner = NULL, due_at = ended.due_at, free_at = ended.due_at,
    last_polled_at = ended.at, failures = CASE WHEN ended.code IS NULL THEN 0 ELSE failures + 1 END,
    failure_code = ended.code, failure_message = ended.message,
    failed_at = CASE WHEN ended.code IS NULL THEN NULL ELSE ended.at END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
    AS ended (instance_id, object, feed, owner, due_at, at, code, message)
  WHERE polls.instance_id = ended.instance_id AND polls.object = ended.object AND polls.feed = ended.feed
    AND polls.owner = ended.owner`);
const release = sql(`UPDATE polls SET owner = NULL, due_at = least(due_at, $5), free_at = least(due_at, $5),
    webhook_since = coalesce(webhook_since, $6) WHERE ${ofKey} AND owner = $4`);
const selectNext = sql('SELECT min(free_at) AS at FROM polls');

const mostFinished = 1_000;

/** Whose poll it is and when it is due. What a poll leaves behind is in poll-commit.ts. */
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
    finish: batched<PollFinish, void>({
      most: mostFinished,
      keyOf: ({ key }) => valuesOf(key).join('\n'),
      async run(ended) {
        await connection.run(finish, [
          ended.map(({ key }) => key.instanceId),
          ended.map(({ key }) => key.object),
          ended.map(({ key }) => key.feed),
          ended.map(({ owner }) => owner),
          ended.map(({ dueAt }) => dueAt),
          ended.map(({ now }) => now),
          ended.map(({ failure }) => failure?.code ?? null),
          ended.map(({ failure }) => failure?.message ?? null),
        ]);
        return ended.map(() => undefined);
      },
    }),
    async release({ key, owner, dueAt, toldAt }: PollRelease): Promise<void> {
      await connection.run(release, [...valuesOf(key), owner, dueAt ?? null, toldAt ?? null]);
    },
    async nextDueAt(): Promise<number | null> {
      const [row] = await connection.rows<{ at: number | null }>(selectNext);
      return row?.at ?? null;
    },
  };
}

const valuesOf = (key: PollKey) => [key.instanceId, key.object, key.feed];

const first = ([row]: readonly PollRow[]) => (row === undefined ? null : pollOf(row));
