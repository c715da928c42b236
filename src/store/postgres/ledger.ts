/** What is known of an object's records. Writing is a part of the transaction of a commit. */
import type { Selectable } from 'kysely';
import type { LedgerEntry, PollCommit, PollKey } from '../port.ts';
import { entryOf, ledgerColumns, ledgerMoved, nativeText, unseenOf } from '../row/ledger-row.ts';
import { anyOf } from './arrays.ts';
import type { Connection, Session } from './connection.ts';
import { prepared, type Slots } from './prepared.ts';
import type { Tables } from './tables.ts';

interface Unseen {
  readonly generation: number;
  readonly after: string | null;
  readonly limit: number;
}

/** Both feeds of an object have one ledger. */
const ofObject = ({ instanceId, object }: PollKey) => ({ instance_id: instanceId, object });

const select = prepared((db, { value, table }: Slots<PollKey & { asked: readonly { record_id: string }[] }>) =>
  db
    .selectFrom(table('asked', { record_id: 'text' }))
    .innerJoin('ledger', 'ledger.record_id', 'asked.record_id')
    .select(['place', 'version', 'changed_at', 'deleted', 'native'])
    .where('instance_id', '=', value('instanceId'))
    .where('object', '=', value('object')),
);

interface JudgedRow {
  readonly record_id: string;
  readonly version: string | null;
  readonly deleted: boolean | null;
}

const countMoved = prepared((db, { value, table }: Slots<PollKey & { judged: readonly JudgedRow[] }>) =>
  db
    .selectFrom(table('judged', { record_id: 'text', version: 'text', deleted: 'boolean' }))
    .leftJoin('ledger as l', (join) =>
      join
        .onRef('l.record_id', '=', 'judged.record_id')
        .on('l.instance_id', '=', value('instanceId'))
        .on('l.object', '=', value('object')),
    )
    .select(({ fn }) => fn.countAll<number>().as('moved'))
    .where(({ eb, or, ref }) =>
      or([
        eb('l.version', 'is distinct from', ref('judged.version')),
        eb('l.deleted', 'is distinct from', ref('judged.deleted')),
      ]),
    ),
);

type Entry = Pick<Selectable<Tables['ledger']>, (typeof ledgerColumns)[number]>;

const upsert = prepared((db, { value, table }: Slots<PollKey & { entries: readonly Entry[] }>) => {
  const entries = table('entries', {
    record_id: 'text',
    version: 'text',
    changed_at: 'bigint',
    deleted: 'boolean',
    native: 'text',
  });
  const key = [value('instanceId').as('instance_id'), value('object').as('object')] as const;
  return db
    .insertInto('ledger')
    .columns(['instance_id', 'object', ...ledgerColumns])
    .expression(db.selectFrom(entries).select(key).select(ledgerColumns))
    .onConflict((known) =>
      known.columns(['instance_id', 'object', 'record_id']).doUpdateSet(({ ref }) => ({
        version: ref('excluded.version'),
        changed_at: ref('excluded.changed_at'),
        deleted: ref('excluded.deleted'),
        native: ref('excluded.native'),
      })),
    );
});

export function ledger({ db }: Connection) {
  return {
    async read(key: PollKey, recordIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
      const { rows } = await select(db, { ...key, asked: recordIds.map((record_id) => ({ record_id })) });
      const entries = new Map<string, LedgerEntry>();
      // Known by their places: the id comes back as it was asked for.
      for (const { place, ...row } of rows) {
        const recordId = recordIds[place - 1];
        if (recordId !== undefined) entries.set(recordId, entryOf({ ...row, record_id: recordId }));
      }
      return entries;
    },
    async unseen(key: PollKey, { generation, after, limit }: Unseen): Promise<readonly LedgerEntry[]> {
      const rows = await db
        .selectFrom('ledger')
        .select([...ledgerColumns, 'seen_in'])
        .where((eb) => eb.and(ofObject(key)))
        .where('deleted', 'is', false)
        .where('seen_in', 'is distinct from', generation)
        // No record id is empty, so all of them come after the empty text.
        .where('record_id', '>', after ?? '')
        .orderBy('record_id')
        .limit(limit)
        .execute();
      return rows.map(unseenOf);
    },
    countUnseen(key: PollKey, generation: number): Promise<{ live: number; unseen: number }> {
      return db
        .selectFrom('ledger')
        .select(({ fn }) => [
          fn.countAll<number>().as('live'),
          fn.countAll<number>().filterWhere('seen_in', 'is distinct from', generation).as('unseen'),
        ])
        .where((eb) => eb.and(ofObject(key)))
        .where('deleted', 'is', false)
        .executeTakeFirstOrThrow();
    },
  };
}

/**
 * Inside the transaction of the commit, which holds the lock of the stream, as all do that write the instance's ledger.
 * @throws Failure `ledger-moved`.
 */
export async function checkLedger(session: Session, { key, judgedBy }: PollCommit): Promise<void> {
  if (judgedBy === undefined || judgedBy.size === 0) return;
  const judged = [...judgedBy].map(([record_id, entry]) => ({
    record_id,
    version: entry?.version ?? null,
    deleted: entry?.deleted ?? null,
  }));
  const { rows } = await countMoved(session, { ...key, judged });
  if (rows[0]?.moved !== 0) throw ledgerMoved(key);
}

/** Inside the transaction of the commit. */
export async function writeLedger(session: Session, { key, ledger, seen, forget }: PollCommit): Promise<void> {
  if (ledger.length > 0) await writeEntries(session, key, ledger);
  if (seen !== undefined) {
    await session
      .updateTable('ledger')
      .set({ seen_in: seen.generation })
      .where((eb) => eb.and(ofObject(key)))
      .where('record_id', '=', anyOf(seen.recordIds))
      .execute();
  }
  for (const deleted of [false, true]) {
    if (forget === undefined || forget.of === (deleted ? 'live' : 'deleted')) continue;
    await session
      .deleteFrom('ledger')
      .where((eb) => eb.and(ofObject(key)))
      .where('deleted', '=', deleted)
      .where('changed_at', '<', forget.beforeMs)
      .execute();
  }
}

async function writeEntries(session: Session, key: PollKey, written: readonly LedgerEntry[]): Promise<void> {
  // One statement writes a row once: the last entry of a record is the one that stays.
  const entries = [...new Map(written.map((entry) => [entry.recordId, entry])).values()].map((entry) => ({
    record_id: entry.recordId,
    version: entry.version,
    changed_at: entry.changedAt,
    deleted: entry.deleted,
    native: nativeText(entry),
  }));
  await upsert(session, { ...key, entries });
}
