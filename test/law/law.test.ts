/** Nothing lost, nothing twice, no false delete, order kept: for every strategy, against a vendor that plays every trap. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breaches, scopeBreaches } from './breaches.ts';
import { plans } from './connector.ts';
import { run } from './run.ts';
import type { Traps } from './world.ts';

/** Runs a strategy; more for a long proof. */
const runs = Number(process.env['LAW_RUNS'] ?? 12);
const timeout = 120_000 + runs * 2_000;

const traps: fc.Arbitrary<Traps> = fc.record({
  unitMs: fc.constantFrom(1, 1_000, 60_000),
  inclusive: fc.boolean(),
  lagMs: fc.constantFrom(0, 3_000, 45_000),
  cap: fc.constant(null),
  pageSize: fc.integer({ min: 1, max: 7 }),
  skewMs: fc.constantFrom(0, -90_000, 3_600_000),
  zone: fc.constant(null),
  tokenMs: fc.constantFrom(1_000, 60_000, 3_600_000),
  troubleRate: fc.constantFrom(0, 0.2),
  busyRate: fc.constantFrom(0, 0.3),
  ties: fc.boolean(),
  appendOnly: fc.constant(false),
  backdates: fc.boolean(),
  purges: fc.constant(false),
  replicaRate: fc.constantFrom(0, 0.2),
  oddPageRate: fc.constantFrom(0, 0.2),
  isDated: fc.constant(true),
  oddDateRate: fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 0.2, noNaN: true })),
  clockSetRate: fc.constantFrom(0, 0.1),
});

describe.each(Object.entries(plans))('%s', (_, plan) => {
  it('holds the laws whatever the vendor does', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(traps, fc.nat(1_000_000), async (chosen, seed) => {
        const ran = await run({ plan, traps: chosen, seed, polls: 12, crashRate: 0.1 });
        expect(breaches(ran)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

/** One for each way of looking back. */
const backwards = [
  'watermark, pages by cursor',
  'watermark, by parent',
  'keyset',
  'server watermark',
  'delta',
  'event log, by growing id',
  'newest first',
  'snapshot',
] as const;

describe.each(backwards)('%s', (name) => {
  const plan = plans[name];
  if (plan === undefined) throw new Error(`no plan ${name}`);

  it.each(['past', 'everything'] as const)('starts with what there is: %s', { timeout }, async (start) => {
    await fc.assert(
      fc.asyncProperty(traps, fc.nat(1_000_000), async (chosen, seed) => {
        const ran = await run({ plan, traps: chosen, seed, polls: 6, crashRate: 0.1, start });
        expect(breaches(ran)).toEqual([]);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });
});

describe.each(['watermark, pages by cursor', 'watermark, deletes from a bin and by a log of what was purged'])(
  'an instance’s own where, %s',
  (name) => {
    const plan = plans[name];
    if (plan === undefined) throw new Error(`no plan ${name}`);
    const where = "grade = 'a'";

    it.each(['match', 'track'] as const)(
      '%s: only what it is true of is told, and with track what leaves it',
      async (scope) => {
        await fc.assert(
          fc.asyncProperty(traps, fc.nat(1_000_000), async (chosen, seed) => {
            const ran = await run({ plan, traps: chosen, seed, polls: 12, crashRate: 0.1, where, scope });
            expect(scopeBreaches(ran, ({ grade }) => grade === 'a', scope)).toEqual([]);
          }),
          { numRuns: runs },
        );
      },
      120_000,
    );
  },
);
