import type { AnyhookEvent } from '../../event/event.ts';
import type { LedgerEntry, PollCommit, PollKey } from '../port.ts';
import { leaseLost } from '../row/poll-row.ts';
import { type Connection, type Session, sql } from './connection.ts';
import { addDeliveries } from './delivery-queue.ts';
import { appendEvents } from './event-log.ts';
import { streams } from './streams.ts';

interface LedgerRow {
  place: number;
  version: string;
  changed_at: number;
  deleted: boolean;
}

// Moves the cursor, with which the start comes, and holds the lease until the end of the transaction: who takes it next sees all of it.
const holdLease = sql(`UPDATE polls SET cursor_ms = coalesce($5, cursor_ms),
    start_ms = CASE WHEN $5::bigint IS NULL THEN start_ms ELSE coalesce($6, start_ms) END
  WHERE instance_id = $1 AND object = $2 AND feed = $3 AND owner = $4`);
const upsertEntries = sql(`INSERT INTO ledger (instance_id, object, record_id, version, changed_at, deleted)
  SELECT $1, $2, record_id, version, changed_at, deleted
  FROM unnest($3::text[], $4::text[], $5::bigint[], $6::boolean[]) AS entry (record_id, version, changed_at, deleted)
  ON CONFLICT (instance_id, object, record_id)
    DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, deleted = excluded.deleted`);
const selectEntries = sql(`SELECT place, version, changed_at, deleted
  FROM unnest($3::text[]) WITH ORDINALITY AS asked (record_id, place)
  JOIN ledger ON instance_id = $1 AND object = $2 AND ledger.record_id = asked.record_id`);
const forget = sql('DELETE FROM ledger WHERE instance_id = $1 AND object = $2 AND deleted = $3 AND changed_at < $4');

/** What a poll reads and leaves behind: events, their deliveries, the ledger and the cursor. */
export function pollCommit(connection: Connection) {
  return {
    commit(poll: PollCommit): Promise<readonly AnyhookEvent[]> {
      return connection.transaction((session) => commit(session, poll));
    },
    async ledger(key: PollKey, recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
      const rows = await connection.rows<LedgerRow>(selectEntries, [key.instanceId, key.object, recordIds]);
      const entries = new Map<string, LedgerEntry>();
      for (const { place, version, changed_at: changedAt, deleted } of rows) {
        const recordId = recordIds[place - 1];
        if (recordId !== undefined) entries.set(recordId, { recordId, version, changedAt, deleted });
      }
      return entries;
    },
  };
}

async function commit(session: Session, poll: PollCommit): Promise<readonly AnyhookEvent[]> {
  const { instanceId, object, feed } = poll.key;
  const stream = poll.events.length === 0 ? undefined : await streams.lock(session, instanceId);
  const position = [poll.cursorMs ?? null, poll.startMs ?? null];
  const held = await session.run(holdLease, [instanceId, object, feed, poll.owner, ...position]);
  if (held === 0) throw leaseLost(poll.key);
  const appended =
    stream === undefined ? [] : await appendEvents(session, instanceId, stream.last_sequence, poll.events);
  if (appended.length > 0) {
    const heads = stream?.has_callback ? await addDeliveries(session, instanceId, appended, poll.now) : 0;
    const { now } = poll;
    await streams.advance(session, instanceId, { events: appended.length, hasNewHead: heads > 0, now });
  }
  await writeLedger(session, poll);
  return appended.map(({ event }) => event);
}

async function writeLedger(session: Session, { key, ledger, forgetBeforeMs }: PollCommit): Promise<void> {
  const { instanceId, object, feed } = key;
  // One statement writes a row once: the last entry of a record is the one that stays.
  const entries = [...new Map(ledger.map((entry) => [entry.recordId, entry])).values()];
  if (entries.length > 0) {
    await session.run(upsertEntries, [
      instanceId,
      object,
      entries.map((entry) => entry.recordId),
      entries.map((entry) => entry.version),
      entries.map((entry) => entry.changedAt),
      entries.map((entry) => entry.deleted),
    ]);
  }
  if (forgetBeforeMs !== undefined) await session.run(forget, [instanceId, object, feed === 'deletes', forgetBeforeMs]);
}
