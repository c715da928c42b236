/** The short form of `npm run crash`: a handful of kills on each store. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { crashRun, type StoreKind } from './crash-run.ts';
import { describeBreach } from './history.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const seed = 20_260_314;

it.concurrent.each<StoreKind>(['sqlite', 'postgres'])(
  'on %s, kills at random moments lose nothing, double nothing, and keep the order',
  {
    timeout: 240_000,
  },
  async (store) => {
    const report = await crashRun({ store, kills: 5, seed, program: ['--import', 'tsx', main], takeovers: 0 });
    const told = report.breaches.flatMap((breach) => describeBreach(breach, report.ledgers.values()));
    expect(told.join('\n')).toBe('');
    expect(report.kills).toBe(5);
    expect(report.events).toBeGreaterThan(0);
  },
);
