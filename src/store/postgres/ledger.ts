/** What is known of an object's records. Writing is a part of the transaction of a commit. */
import type { LedgerEntry, PollCommit, PollKey } from '../port.ts';
import {
  entryOf,
  type LedgerRow,
  ledgerColumns,
  ledgerMoved,
  nativeText,
  type UnseenRow,
  unseenOf,
} from '../row/ledger-row.ts';
import { type Connection, type Session, sql } from './connection.ts';

const upsert = sql(`INSERT INTO ledger (instance_id, object, record_id, version, changed_at, deleted, native)
  SELECT $1, $2, record_id, version, changed_at, deleted, native
  FROM unnest($3::text[], $4::text[], $5::bigint[], $6::boolean[], $7::text[])
    AS entry (record_id, version, changed_at, deleted, native)
  ON CONFLICT (instance_id, object, record_id)
    DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, deleted = excluded.deleted,
      native = excluded.native`);
const meet = sql(`UPDATE ledger SET seen_in = $3
  WHERE instance_id = $1 AND object = $2 AND record_id = ANY ($4::text[])`);
const forgetSome = sql(
  'DELETE FROM ledger WHERE instance_id = $1 AND object = $2 AND deleted = $3 AND changed_at < $4',
);
const select = sql(`SELECT place, version, changed_at, deleted, native
  FROM unnest($3::text[]) WITH ORDINALITY AS asked (record_id, place)
  JOIN ledger ON instance_id = $1 AND object = $2 AND ledger.record_id = asked.record_id`);
const selectMoved = sql(`SELECT count(*) AS moved
  FROM unnest($3::text[], $4::text[], $5::boolean[]) AS judged (record_id, version, deleted)
  LEFT JOIN ledger AS l ON l.instance_id = $1 AND l.object = $2 AND l.record_id = judged.record_id
  WHERE (l.version, l.deleted) IS DISTINCT FROM (judged.version, judged.deleted)`);
const selectUnseen = sql(`SELECT ${ledgerColumns}, seen_in FROM ledger
  WHERE instance_id = $1 AND object = $2 AND NOT deleted AND seen_in IS DISTINCT FROM $3::bigint AND record_id > $4
  ORDER BY record_id LIMIT $5`);
const selectCounts = sql(`SELECT count(*) AS live, count(*) FILTER (WHERE seen_in IS DISTINCT FROM $3::bigint) AS unseen
  FROM ledger WHERE instance_id = $1 AND object = $2 AND NOT deleted`);

export function ledger(connection: Connection) {
  return {
    async read(key: PollKey, recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
      const rows = await connection.rows<Omit<LedgerRow, 'record_id'> & { place: number }>(select, [
        key.instanceId,
        key.object,
        recordIds,
      ]);
      const entries = new Map<string, LedgerEntry>();
      // Known by their places: the id comes back as it was asked for.
      for (const { place, ...row } of rows) {
        const recordId = recordIds[place - 1];
        if (recordId !== undefined) entries.set(recordId, entryOf({ ...row, record_id: recordId }));
      }
      return entries;
    },
    async unseen(
      key: PollKey,
      { generation, after, limit }: { generation: number; after: string | null; limit: number },
    ): Promise<readonly LedgerEntry[]> {
      // No record id is empty, so all of them come after the empty text.
      const values = [key.instanceId, key.object, generation, after ?? '', limit];
      return (await connection.rows<UnseenRow>(selectUnseen, values)).map(unseenOf);
    },
    async countUnseen(key: PollKey, generation: number): Promise<{ live: number; unseen: number }> {
      const values = [key.instanceId, key.object, generation];
      const [counts] = await connection.rows<{ live: number; unseen: number }>(selectCounts, values);
      return counts ?? { live: 0, unseen: 0 };
    },
  };
}

/**
 * Inside the transaction of the commit, which holds the lock of the stream, as all do that write the instance's ledger.
 * @throws Failure `ledger-moved`.
 */
export async function checkLedger(session: Session, { key, judgedBy }: PollCommit): Promise<void> {
  if (judgedBy === undefined || judgedBy.size === 0) return;
  const judged = [...judgedBy.values()];
  const [row] = await session.rows<{ moved: number }>(selectMoved, [
    key.instanceId,
    key.object,
    [...judgedBy.keys()],
    judged.map((entry) => entry?.version ?? null),
    judged.map((entry) => entry?.deleted ?? null),
  ]);
  if (row?.moved !== 0) throw ledgerMoved(key);
}

/** Inside the transaction of the commit. */
export async function writeLedger(session: Session, { key, ledger, seen, forget }: PollCommit): Promise<void> {
  const object = [key.instanceId, key.object];
  // One statement writes a row once: the last entry of a record is the one that stays.
  const entries = [...new Map(ledger.map((entry) => [entry.recordId, entry])).values()];
  if (entries.length > 0) {
    await session.run(upsert, [
      ...object,
      entries.map((entry) => entry.recordId),
      entries.map((entry) => entry.version),
      entries.map((entry) => entry.changedAt),
      entries.map((entry) => entry.deleted),
      entries.map(nativeText),
    ]);
  }
  if (seen !== undefined) await session.run(meet, [...object, seen.generation, seen.recordIds]);
  if (forget === undefined) return;
  if (forget.of !== 'deleted') await session.run(forgetSome, [...object, false, forget.beforeMs]);
  if (forget.of !== 'live') await session.run(forgetSome, [...object, true, forget.beforeMs]);
}
