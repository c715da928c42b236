/** The short form of `npm run crash`: a handful of kills on each store. */
import { expect, it } from 'vitest';
import { program } from '../suite/program.ts';
import { crashRun, type StoreKind } from './crash-run.ts';
import { describeBreach } from './history.ts';

const seed = 20_260_314;

it.concurrent.each<StoreKind>(['sqlite', 'postgres'])(
  'on %s, kills at random moments lose nothing, double nothing, and keep the order',
  {
    timeout: 240_000,
  },
  async (store) => {
    const report = await crashRun({ store, kills: 5, seed, program: [program], takeovers: 0 });
    const told = report.breaches.flatMap((breach) => describeBreach(breach, report.ledgers.values()));
    expect(told.join('\n')).toBe('');
    expect(report.kills).toBe(5);
    expect(report.events).toBeGreaterThan(0);
  },
);
