import type Database from 'better-sqlite3';
import type { Feed, PollKey, PollRelease, PollState } from '../port.ts';
import { type PollRow, pollColumns, pollOf } from '../row/poll-row.ts';

const ofKey = 'instance_id = ? AND object = ? AND feed = ?';
type KeyValues = [string, string, Feed];

/** Whose poll it is and when it is due. What a poll leaves behind is in poll-commit.ts, how it ends in poll-finish.ts. */
export function polls(db: Database.Database) {
  const select = db.prepare<KeyValues, PollRow>(`SELECT ${pollColumns} FROM polls WHERE ${ofKey}`);
  const selectAll = db.prepare<[string], PollRow>(
    `SELECT ${pollColumns} FROM polls WHERE instance_id = ? ORDER BY object, feed`,
  );
  const selectFree = db.prepare<[number, number], PollRow>(
    `SELECT ${pollColumns} FROM polls WHERE free_at <= ? ORDER BY free_at, due_at LIMIT ?`,
  );
  const take = db.prepare<[string, number, ...KeyValues]>(`UPDATE polls SET owner = ?, free_at = ? WHERE ${ofKey}`);
  const takeFree = db.prepare<[string, number, ...KeyValues, number], PollRow>(`UPDATE polls SET owner = ?, free_at = ?
    WHERE ${ofKey} AND (owner IS NULL OR free_at <= ?) RETURNING ${pollColumns}`);
  const renew = db.prepare<[number, ...KeyValues, string]>(`UPDATE polls SET free_at = ? WHERE ${ofKey} AND owner = ?`);
  const release = db.prepare<[number | null, number | null, number | null, ...KeyValues, string]>(`UPDATE polls
    SET owner = NULL, due_at = min(due_at, coalesce(?, due_at)), free_at = min(due_at, coalesce(?, due_at)),
    webhook_since = coalesce(webhook_since, ?) WHERE ${ofKey} AND owner = ?`);
  const retry = db.prepare<[number, number, string]>(
    'UPDATE polls SET due_at = ?, free_at = ? WHERE instance_id = ? AND failures > 0 AND owner IS NULL',
  );
  const selectNext = db.prepare<[], number | null>('SELECT min(free_at) FROM polls').pluck();
  const freeAll = db.prepare('UPDATE polls SET owner = NULL, free_at = due_at WHERE owner IS NOT NULL');

  const leaseDue = db.transaction((owner: string, now: number, leaseMs: number, limit: number) => {
    const rows = selectFree.all(now, limit);
    for (const row of rows) take.run(owner, now + leaseMs, row.instance_id, row.object, row.feed);
    return rows.map(pollOf);
  });

  return {
    get(key: PollKey): PollState | null {
      return pollOrNull(select.get(...valuesOf(key)));
    },
    list(instanceId: string): readonly PollState[] {
      return selectAll.all(instanceId).map(pollOf);
    },
    leaseDue(request: { owner: string; now: number; leaseMs: number; limit: number }): readonly PollState[] {
      return leaseDue.immediate(request.owner, request.now, request.leaseMs, request.limit);
    },
    lease(key: PollKey, request: { owner: string; now: number; leaseMs: number }): PollState | null {
      const { owner, now, leaseMs } = request;
      return pollOrNull(takeFree.get(owner, now + leaseMs, ...valuesOf(key), now));
    },
    renew(key: PollKey, request: { owner: string; now: number; leaseMs: number }): boolean {
      return renew.run(request.now + request.leaseMs, ...valuesOf(key), request.owner).changes > 0;
    },
    release({ key, owner, dueAt, toldAt }: PollRelease): void {
      release.run(dueAt ?? null, dueAt ?? null, toldAt ?? null, ...valuesOf(key), owner);
    },
    retry(instanceId: string, now: number): void {
      retry.run(now, now, instanceId);
    },
    nextDueAt(): number | null {
      return selectNext.get() ?? null;
    },
    /** Ends every lease. */
    freeAll(): void {
      freeAll.run();
    },
  };
}

const valuesOf = (key: PollKey): KeyValues => [key.instanceId, key.object, key.feed];

const pollOrNull = (row: PollRow | undefined) => (row === undefined ? null : pollOf(row));
