/** How fast the SQLite store keeps events, beside its driver with the same rows, and how fast polls go round. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { instanceOf, keyOf, leaseMs, pollOf } from '../test/suite/store-builders.ts';
import { type Measure, type Pace, quick } from './measure.ts';
import { scheduleInSqlite } from './scheduled.ts';
import {
  type CommitPage,
  eventRates,
  eventsACommit,
  flatness,
  longestSweep,
  now,
  owner,
  pollRates,
} from './store-rates.ts';

const engine = 'SQLite';
const secretKey = Buffer.alloc(32, 7);

export async function run(pace: Pace): Promise<readonly Measure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'anyhook-bench-'));
  const key = keyOf('a');
  const open = async (name: string) => {
    const store = await openSqliteStore({ file: join(dir, name), secretKey });
    await store.createInstance(instanceOf('a'), [pollOf(key)]);
    await store.leasePoll(key, { owner, now, leaseMs });
    return store;
  };
  try {
    const store = await open('ours.db');
    await (await open('raw.db')).close();
    const raw = openRaw(join(dir, 'raw.db'));
    const events = await eventRates(engine, store, key, raw.commit, pace);
    raw.close();
    await store.close();
    const growing = await open('growing.db');
    const flat = await flatness(engine, growing, key, pace);
    const swept = await longestSweep(engine, growing, 'a');
    await growing.close();

    const scheduled = pace === quick ? 2_000 : 100_000;
    await scheduleInSqlite(join(dir, 'polls.db'), secretKey, scheduled, now);
    const polls = await openSqliteStore({ file: join(dir, 'polls.db'), secretKey });
    const rates = await pollRates(engine, polls, scheduled);
    await polls.close();
    return [...events, ...flat, ...swept, ...rates];
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** The driver alone writes what the store writes, and asks nothing. */
function openRaw(file: string): { readonly commit: CommitPage; close(): void } {
  const db = openConnection(file);
  const event = db.prepare(
    `INSERT INTO events (id, instance_id, sequence, envelope, stored_at) VALUES (?, 'a', ?, ?, ?)`,
  );
  const delivery = db.prepare(`INSERT INTO deliveries
      (event, instance_id, lane, status, is_head, attempts, due_at, free_at, created_at)
    VALUES (?, 'a', ?, 'pending', 1, 0, ?, ?, ?)`);
  const entry = db.prepare(`INSERT INTO ledger (instance_id, object, record_id, version, changed_at, deleted)
    VALUES ('a', 'contact', ?, ?, ?, 0)`);
  const cursor = db.prepare('UPDATE polls SET cursor = ?');
  const sequence = db.prepare('UPDATE instances SET last_sequence = ?');
  return {
    commit: db.transaction(({ number, events }) => {
      for (const [index, found] of events.entries()) {
        const place = (number - 1) * eventsACommit + index + 1;
        const { lastInsertRowid } = event.run(found.id, place, JSON.stringify(found), now);
        delivery.run(lastInsertRowid, `${found.data.object}\n${found.data.objectId}`, now, now, now);
        entry.run(found.subject, `v${number}`, number);
      }
      cursor.run(`{"ms":${number}}`);
      sequence.run(number * eventsACommit);
    }) as CommitPage,
    close: () => db.close(),
  };
}
