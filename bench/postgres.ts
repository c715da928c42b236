/** How fast the PostgreSQL store keeps events, beside its driver with the same rows, and how fast polls go round. */
import pg from 'pg';
import { openPostgresStore } from '../src/store/postgres.ts';
import { startPostgres } from '../test/store/postgres-server.ts';
import { instanceOf, keyOf, leaseMs, pollOf } from '../test/suite/store-builders.ts';
import { type Measure, type Pace, quick } from './measure.ts';
import { scheduleInPostgres } from './scheduled.ts';
import {
  type CommitPage,
  eventRates,
  eventsACommit,
  flatness,
  longestSweep,
  now,
  owner,
  type Page,
  pollRates,
} from './store-rates.ts';

const engine = 'PostgreSQL';
const secretKey = Buffer.alloc(32, 7);

export async function run(pace: Pace): Promise<readonly Measure[]> {
  // As a server is run: what was committed is on the disk.
  const server = await startPostgres('fsync=on', 'shared_buffers=256MB', 'max_wal_size=2GB');
  const key = keyOf('a');
  const open = async (schema: string) => {
    const store = await openPostgresStore({ url: server.url, secretKey, schema });
    await store.createInstance(instanceOf('a'), [pollOf(key)]);
    await store.leasePoll(key, { owner, now, leaseMs });
    return store;
  };
  try {
    const store = await open('ours');
    await (await open('raw')).close();
    const raw = await openRaw(server.url, 'raw');
    const events = await eventRates(engine, store, key, raw.commit, pace);
    await raw.close();
    await store.close();
    const growing = await open('growing');
    const flat = await flatness(engine, growing, key, pace);
    const swept = await longestSweep(engine, growing, 'a');
    await growing.close();

    const scheduled = pace === quick ? 2_000 : 1_000_000;
    const place = { url: server.url, schema: 'polls', secretKey };
    await scheduleInPostgres(place, scheduled, now);
    const polls = await openPostgresStore(place);
    const rates = await pollRates(engine, polls, scheduled);
    await polls.close();
    return [...events, ...flat, ...swept, ...rates];
  } finally {
    await server.stop();
  }
}

/** The driver alone writes what the store writes, and asks nothing. */
async function openRaw(url: string, schema: string): Promise<{ readonly commit: CommitPage; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  const events = `INSERT INTO events (id, instance_id, sequence, envelope, stored_at)
    SELECT id, 'a', sequence, envelope, 2000 FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e (id, sequence, envelope)
    RETURNING number`;
  const deliveries = `INSERT INTO deliveries
      (event, instance_id, lane, status, is_head, attempts, due_at, free_at, created_at)
    SELECT event, 'a', lane, 'pending', true, 0, $3::bigint, $3, $3 FROM unnest($1::bigint[], $2::text[]) AS d (event, lane)`;
  const ledger = `INSERT INTO ledger (instance_id, object, record_id, version, changed_at, deleted)
    SELECT 'a', 'contact', record_id, version, $3::bigint, false FROM unnest($1::text[], $2::text[]) AS l (record_id, version)`;
  return {
    async commit({ number, events: found }: Page): Promise<void> {
      await client.query('BEGIN');
      const { rows } = await client.query<{ number: string }>({
        name: 'events',
        text: events,
        values: [
          found.map((event) => event.id),
          found.map((_, index) => (number - 1) * eventsACommit + index + 1),
          found.map((event) => JSON.stringify(event)),
        ],
      });
      const lanes = found.map((event) => `${event.data.object}\n${event.data.objectId}`);
      await client.query({ name: 'deliveries', text: deliveries, values: [rows.map((row) => row.number), lanes, now] });
      const records = found.map((event) => event.subject);
      await client.query({ name: 'ledger', text: ledger, values: [records, records.map(() => `v${number}`), number] });
      await client.query({ name: 'cursor', text: 'UPDATE polls SET cursor = $1', values: [`{"ms":${number}}`] });
      await client.query({ name: 'stream', text: 'UPDATE streams SET last_sequence = $1', values: [number] });
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}
