/** The laws with what really keeps the state: each crash ends the process, and the next one opens the store on its files. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../store/postgres-server.ts';
import { freshPostgres, freshSqlite } from '../suite/fresh-store.ts';
import type { OpenStore } from '../suite/store.ts';
import { breaches } from './breaches.ts';
import { plans } from './connector.ts';
import { run } from './run.ts';
import { inStore } from './states.ts';
import type { Traps } from './world.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 2);
const timeout = 120_000 + runs * 5_000;

/** One for each thing that a store keeps of a feed: cursor and mark, ledger, sightings, checkpoints, both feeds. */
const chosen = [
  'watermark, pages by cursor',
  'watermark, by parent',
  'event log, by growing id',
  'newest first, behind an ETag',
  'watermark, deletes by a proved snapshot of ids, confirmed',
  'watermark, deletes from a bin and by a log of what was purged',
] as const;

const traps: fc.Arbitrary<Traps> = fc.record({
  unitMs: fc.constantFrom(1, 1_000),
  inclusive: fc.boolean(),
  lagMs: fc.constantFrom(0, 3_000),
  cap: fc.constant(null),
  pageSize: fc.integer({ min: 1, max: 7 }),
  skewMs: fc.constantFrom(0, -90_000),
  zone: fc.constant(null),
  tokenMs: fc.constantFrom(60_000, 3_600_000),
  troubleRate: fc.constantFrom(0, 0.1),
  busyRate: fc.constantFrom(0, 0.3),
  ties: fc.boolean(),
  appendOnly: fc.constant(false),
  backdates: fc.constant(false),
  purges: fc.constant(false),
  replicaRate: fc.constantFrom(0, 0.2),
  oddPageRate: fc.constantFrom(0, 0.2),
  isDated: fc.constant(true),
  oddDateRate: fc.constantFrom(0, 0.1),
  // What is due, and who holds it, is kept on our clock.
  clockSetRate: fc.constant(0),
});

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const stores: readonly { readonly store: string; readonly open: OpenStore }[] = [
  { store: 'SQLite', open: freshSqlite },
  { store: 'PostgreSQL', open: () => freshPostgres(server.url) },
];

describe.each(stores)('$store', ({ open }) => {
  it.each(chosen)('%s: the laws hold over crashes', { timeout }, async (name) => {
    const plan = plans[name];
    if (plan === undefined) throw new Error(`no plan ${name}`);
    await fc.assert(
      fc.asyncProperty(traps, fc.nat(1_000_000), async (trapped, seed) => {
        const ran = await run({ plan, traps: trapped, seed, polls: 12, crashRate: 0.3, states: inStore(open) });
        expect(breaches(ran)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
