/** How fast the PostgreSQL store keeps events, beside its driver with the same rows, and how fast polls go round. */
import pg from 'pg';
import type { PollKey, Store } from '../src/store/port.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { type PostgresServer, startPostgres } from '../test/store/postgres-server.ts';
import { entryOf, eventOf, instanceOf, keyOf, leaseMs, pollOf } from '../test/suite/store-builders.ts';
import { type Measure, type Pace, quick, rateOf, ratioOf } from './measure.ts';

const secretKey = Buffer.alloc(32, 7);
const owner = 'bench';
const eventsACommit = 100;
const commitsATurn = 20;
const leasedAtOnce = 1_000;
const now = 2_000;

export async function run(pace: Pace): Promise<readonly Measure[]> {
  // As a server is run: what was committed is on the disk.
  const server = await startPostgres('fsync=on', 'shared_buffers=256MB', 'max_wal_size=2GB');
  try {
    return [...(await measureEvents(server, pace)), ...(await measurePolls(server, pace))];
  } finally {
    await server.stop();
  }
}

async function measureEvents(server: PostgresServer, pace: Pace): Promise<readonly Measure[]> {
  const open = (schema: string) => openPostgresStore({ url: server.url, secretKey, schema });
  const key = keyOf('a');
  const stores = [await open('ours'), await open('raw')] as const;
  for (const store of stores) {
    await store.createInstance(instanceOf('a'), [pollOf(key)]);
    await store.leasePoll(key, { owner, now, leaseMs });
  }
  const [store] = stores;
  const raw = await openRaw(server.url, 'raw');
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    // Turn about, so that what else the machine does falls on both alike.
    ours.push(await commitsPerSecond(round, (page) => commitPage(store, key, page)));
    theirs.push(await commitsPerSecond(round, (page) => raw.commit(page)));
  }
  await raw.close();
  for (const each of stores) await each.close();
  return [
    { name: 'PostgreSQL: store events, 100 a commit', ...rateOf(ours, eventsACommit), unit: 'events/s' },
    { name: 'PostgreSQL: store events, beside the driver', ...ratioOf(ours, theirs), unit: '×', goal: 0.5 },
  ];
}

interface Page {
  readonly number: number;
  readonly events: readonly ReturnType<typeof eventOf>[];
}

/** Commits one after the other; pages are made beforehand. */
async function commitsPerSecond(round: number, commit: (page: Page) => Promise<void>): Promise<number> {
  const pages = Array.from({ length: commitsATurn }, (_, index): Page => {
    const number = round * commitsATurn + index + 1;
    const events = Array.from({ length: eventsACommit }, (_unused, record) => eventOf('a', `${number}-${record}`, 1));
    return { number, events };
  });
  const start = performance.now();
  for (const page of pages) await commit(page);
  return (pages.length * 1_000) / (performance.now() - start);
}

async function commitPage(store: Store, key: PollKey, { number, events }: Page): Promise<void> {
  const ledger = events.map((event) => entryOf(event.subject, number));
  const stored = await store.commitPoll({ key, owner, events, ledger, cursor: { ms: number }, now });
  if (stored.length !== events.length) throw new Error('An event was not new.');
}

/** The driver alone writes what the store writes, and asks nothing. */
async function openRaw(url: string, schema: string) {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  const events = `INSERT INTO events (id, instance_id, sequence, envelope)
    SELECT id, 'a', sequence, envelope FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e (id, sequence, envelope)
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
      await client.query({ name: 'cursor', text: 'UPDATE polls SET cursor_ms = $1', values: [number] });
      await client.query({ name: 'stream', text: 'UPDATE streams SET last_sequence = $1', values: [number] });
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}

async function measurePolls(server: PostgresServer, pace: Pace): Promise<readonly Measure[]> {
  const [scheduled, leasedInAll] = pace === quick ? [2_000, 2_000] : [1_000_000, 100_000];
  const schema = 'polls';
  const store = await openPostgresStore({ url: server.url, secretKey, schema });
  await store.createInstance(instanceOf('0'), [pollOf(keyOf('0'))]);
  // The other instances are copies of the first: only their schedule is asked for.
  const client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
  await client.connect();
  await client.query(`INSERT INTO instances SELECT (jsonb_populate_record(i, jsonb_build_object('id', n::text))).*
    FROM instances AS i, generate_series(1, ${scheduled - 1}) AS n`);
  await client.query(`INSERT INTO polls (instance_id, object, feed, start_ms, due_at, failures, free_at)
    SELECT n, 'contact', 'changes', 0, 1000 + n % 1000, 0, 1000 + n % 1000 FROM generate_series(1, ${scheduled - 1}) AS n`);
  await client.end();

  const rates: number[] = [];
  for (let clock = now, done = 0; done < leasedInAll; ) {
    const start = performance.now();
    const leased = await store.leasePolls({ owner, now: clock, leaseMs, limit: leasedAtOnce });
    await Promise.all(
      leased.map((key) => store.finishPoll({ key, owner, dueAt: clock + 300_000, now: clock, failure: null })),
    );
    if (leased.length === 0) throw new Error('A poll was not due.');
    done += leased.length;
    rates.push((leased.length * 1_000) / (performance.now() - start));
  }
  await store.close();
  const name = `PostgreSQL: lease and finish, ${scheduled.toLocaleString('en')} polls scheduled`;
  return [{ name, ...rateOf(rates), unit: 'polls/s', goal: 20_000 }];
}
