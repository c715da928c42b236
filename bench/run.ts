/**
 * Runs every module of this folder that exports `run`, and prints its figures beside the goals. Goals are not
 * asserted: another machine has other figures.
 *
 *     npm run bench                  the table
 *     npm run bench -- --json        the same as JSON
 *     npm run bench -- --quick       shows that all of it runs, within seconds
 *     npm run bench -- parse filter  these modules only
 */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { type Measure, type Pace, quick, thorough } from './measure.ts';

type Run = (pace: Pace) => Promise<readonly Measure[]>;

const { values: options, positionals: chosen } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const loadBefore = os.loadavg()[0] ?? 0;
const measures: Measure[] = [];
for (const run of await loadRuns()) measures.push(...(await run(options.quick ? quick : thorough)));
const machine = {
  node: process.version,
  cpu: os.cpus()[0]?.model ?? 'unknown',
  cpus: os.cpus().length,
  loadBefore,
  loadAfter: os.loadavg()[0] ?? 0,
};
console.log(options.json ? JSON.stringify({ machine, measures }, null, 2) : table());

/** In the order of their names. */
async function loadRuns(): Promise<readonly Run[]> {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => /(?<!\.d)\.[jt]s$/.test(file) && !file.startsWith('run.'))
    .filter((file) => chosen.length === 0 || chosen.includes(file.slice(0, -3)));
  const modules = await Promise.all(
    names.sort().map(async (file): Promise<{ run?: Run }> => import(new URL(file, import.meta.url).href)),
  );
  return modules.flatMap(({ run }) => (run === undefined ? [] : [run]));
}

function table(): string {
  const rows = [
    ['', 'median', 'best', 'goal', ''],
    ...measures.map(({ name, figure, best, unit, goal, most }) => [
      name,
      `${print(figure, unit)} ${unit}`,
      print(best, unit),
      goal !== undefined ? print(goal, unit) : most !== undefined ? `≤ ${print(most, unit)}` : '',
      goal === undefined && most === undefined
        ? ''
        : figure >= (goal ?? 0) && figure <= (most ?? Number.POSITIVE_INFINITY)
          ? 'met'
          : 'short',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column % 4 === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
  const { node, cpu, cpus } = machine;
  const load = `load ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after`;
  return [`Node ${node}, ${cpus} × ${cpu}, ${load}`, '', ...lines].join('\n');
}

function print(figure: number, unit: string): string {
  return unit === '×' ? figure.toFixed(1) : Math.round(figure).toLocaleString('en');
}
