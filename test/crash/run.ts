/** `npm run crash -- [--kills 200] [--seed n] [--store sqlite|postgres|both] [--takeovers 5] [--json]` */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CrashProgress, type CrashReport, crashRun, type StoreKind } from './crash-run.ts';
import { describeBreach } from './history.ts';

const mostBreachesShown = 20;
const stores: Readonly<Record<string, readonly StoreKind[]>> = {
  sqlite: ['sqlite'],
  postgres: ['postgres'],
  both: ['sqlite', 'postgres'],
};

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    store: { type: 'string', default: 'both' },
    takeovers: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});

const count = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text) || name === 'seed') return Number(text);
  throw new Error(`--${name} must be a whole number, not ${text}`);
};

const chosen = stores[values.store];
if (chosen === undefined) throw new Error(`--store must be one of ${Object.keys(stores).join(', ')}`);
const seed = count('seed', values.seed);
const kills = count('kills', values.kills);
const takeovers = count('takeovers', values.takeovers);
const program = [fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))];

// Asked to stop, it kills no more, but still says whether the laws held.
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

let failed = false;
for (const store of chosen) {
  console.error(`${store}: ${kills} kills, --seed ${seed}`);
  const startedAt = Date.now();
  const report = await crashRun({
    store,
    kills,
    seed,
    program,
    takeovers,
    signal: stopping.signal,
    onProgress: everySecond(),
  });
  failed ||= report.breaches.length > 0;
  if (values.json) console.log(JSON.stringify({ ...report, ledgers: undefined, tookMs: Date.now() - startedAt }));
  else tell(report, Date.now() - startedAt);
}
process.exitCode = failed ? 1 : 0;

function everySecond(): (progress: CrashProgress) => void {
  let toldAt = 0;
  return ({ store, phase, kills: killed, events, arrivals, waitingFor }) => {
    if (Date.now() - toldAt < 1_000) return;
    toldAt = Date.now();
    const waiting = phase === 'resting' ? `, waiting for ${waitingFor}` : '';
    console.error(`${store}: ${phase}, ${killed} killed, ${events} events, ${arrivals} arrivals${waiting}`);
  };
}

function tell(report: CrashReport, tookMs: number): void {
  const { store, moments, edits, events, arrivals, repeats, restMs, breaches, ledgers } = report;
  const { starting, running, delivering } = moments;
  console.log(
    `${store}: ${report.kills} kills (${starting} starting, ${running} running, ${delivering} delivering) in ${seconds(tookMs)}; ` +
      `${edits} edits, ${events} events, ${arrivals} arrivals, ${repeats} of them repeats; at rest after ${seconds(restMs)}`,
  );
  for (const { pollsMs, deliveriesMs } of report.takeovers)
    console.log(`${store}: taken over: polls after ${seconds(pollsMs)}, deliveries after ${seconds(deliveriesMs)}`);
  console.log(`${store}: ${breaches.length === 0 ? 'every law held' : `${breaches.length} breaches`}`);
  for (const breach of breaches.slice(0, mostBreachesShown))
    console.log(describeBreach(breach, ledgers.values()).join('\n'));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
