/** What is known of an object's records. Writing is a part of the transaction of a commit. */
import type Database from 'better-sqlite3';
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

type ObjectValues = [instanceId: string, object: string];

export function ledger(db: Database.Database) {
  const select = db.prepare<[...ObjectValues, string], LedgerRow>(
    `SELECT ${ledgerColumns} FROM ledger WHERE instance_id = ? AND object = ? AND record_id = ?`,
  );
  const selectState = db.prepare<[...ObjectValues, string], Pick<LedgerRow, 'version' | 'deleted'>>(
    'SELECT version, deleted FROM ledger WHERE instance_id = ? AND object = ? AND record_id = ?',
  );
  const upsert = db.prepare<[...ObjectValues, string, string, number, number, string | null]>(`INSERT INTO ledger
      (instance_id, object, record_id, version, changed_at, deleted, native) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at,
      deleted = excluded.deleted, native = excluded.native`);
  const meet = db.prepare<[number, ...ObjectValues, string]>(
    'UPDATE ledger SET seen_in = ? WHERE instance_id = ? AND object = ? AND record_id = ?',
  );
  const forgetSome = db.prepare<[...ObjectValues, number, number]>(
    'DELETE FROM ledger WHERE instance_id = ? AND object = ? AND deleted = ? AND changed_at < ?',
  );
  const selectUnseen = db.prepare<
    [...ObjectValues, number, string, number],
    UnseenRow
  >(`SELECT ${ledgerColumns}, seen_in
    FROM ledger WHERE instance_id = ? AND object = ? AND deleted = 0 AND seen_in IS NOT ? AND record_id > ?
    ORDER BY record_id LIMIT ?`);
  const selectCounts = db.prepare<[number, ...ObjectValues], { live: number; unseen: number }>(`SELECT count(*) AS live,
    count(*) FILTER (WHERE seen_in IS NOT ?) AS unseen FROM ledger WHERE instance_id = ? AND object = ? AND deleted = 0`);

  return {
    /**
     * Inside the transaction of the commit.
     * @throws Failure `ledger-moved`.
     */
    check({ key, judgedBy }: PollCommit): void {
      for (const [recordId, judged] of judgedBy ?? []) {
        const row = selectState.get(key.instanceId, key.object, recordId);
        const isAsJudged =
          judged === null
            ? row === undefined
            : row?.version === judged.version && Boolean(row.deleted) === judged.deleted;
        if (!isAsJudged) throw ledgerMoved(key);
      }
    },
    /** Inside the transaction of the commit. */
    write({ key, ledger: entries, seen, forget }: PollCommit): void {
      const object: ObjectValues = [key.instanceId, key.object];
      for (const entry of entries) {
        const { recordId, version, changedAt, deleted } = entry;
        upsert.run(...object, recordId, version, changedAt, deleted ? 1 : 0, nativeText(entry));
      }
      for (const recordId of seen?.recordIds ?? []) meet.run(seen?.generation ?? 0, ...object, recordId);
      if (forget === undefined) return;
      if (forget.of !== 'deleted') forgetSome.run(...object, 0, forget.beforeMs);
      if (forget.of !== 'live') forgetSome.run(...object, 1, forget.beforeMs);
    },
    read(key: PollKey, recordIds: readonly string[]): ReadonlyMap<string, LedgerEntry> {
      const rows = recordIds.map((recordId) => select.get(key.instanceId, key.object, recordId));
      return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.record_id, entryOf(row)]])));
    },
    unseen(
      key: PollKey,
      { generation, after, limit }: { generation: number; after: string | null; limit: number },
    ): readonly LedgerEntry[] {
      // No record id is empty, so all of them come after the empty text.
      return selectUnseen.all(key.instanceId, key.object, generation, after ?? '', limit).map(unseenOf);
    },
    countUnseen(key: PollKey, generation: number): { live: number; unseen: number } {
      return selectCounts.get(generation, key.instanceId, key.object) ?? { live: 0, unseen: 0 };
    },
  };
}
