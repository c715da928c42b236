/**
 * Searches long for a case that breaks a law of the language or of a dialect.
 *
 *     npm run prove                              10,000 cases for each law
 *     npm run prove -- --cases 1000000           as many as that
 *     npm run prove -- --minutes 20              as many as fit, each law with its share of the time
 *     npm run prove -- --dialect soql            the laws of one dialect (may be repeated)
 *     npm run prove -- --seed 7                  the same cases again
 *     npm run --silent prove -- --json           the outcome of every law as JSON
 *
 * Exits with 1 after printing the least case found and how to see it again.
 */
import { parseArgs } from 'node:util';
import { dialectNames } from '../test/dialect/dialects.ts';
import { laws } from '../test/prove/laws.ts';
import { prove } from '../test/prove/prove.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() | 0) },
    dialect: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});

const unknown = options.dialect.filter((name) => !dialectNames.includes(name));
if (unknown.length > 0) fail(`There is no dialect ${unknown.join(', ')}. There are ${dialectNames.join(', ')}.`);
const minutes = options.minutes === undefined ? Number.POSITIVE_INFINITY : positive('minutes', Number(options.minutes));
const cases =
  options.cases === undefined
    ? options.minutes === undefined
      ? 10_000
      : Number.POSITIVE_INFINITY
    : positive('cases', wholeNumber('cases', options.cases));
const seed = wholeNumber('seed', options.seed);
const chosen = laws.filter(({ dialect }) => options.dialect.length === 0 || options.dialect.includes(dialect ?? ''));

// What a program reads goes to stdout, what a person watches to stderr.
const screen = options.json ? process.stderr : process.stdout;
let shownMs = 0;
print(`${chosen.length} laws, ${amount()}, seed ${seed}`);
const outcomes = prove(chosen, {
  cases,
  mostMs: (minutes * 60_000) / chosen.length,
  seed,
  progress: (text) => {
    // A screen shows every half second where it is; a file would only grow.
    if (!screen.isTTY || Date.now() - shownMs < 500) return;
    shownMs = Date.now();
    screen.write(`\r\u001b[K${text}`);
  },
  print,
  now: () => performance.now(),
});
if (options.json) console.log(JSON.stringify({ seed, outcomes }, null, 2));
process.exitCode = outcomes.every(({ broken }) => broken === null) ? 0 : 1;

function print(text: string): void {
  screen.write(`${screen.isTTY ? '\r\u001b[K' : ''}${text}\n`);
}

function amount(): string {
  const most = Number.isFinite(cases) ? [`${cases.toLocaleString('en')} cases each`] : [];
  return [...most, ...(Number.isFinite(minutes) ? [`${minutes} minutes in all`] : [])].join(', ');
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isSafeInteger(value)) fail(`--${name} wants a whole number, not ${text}.`);
  return value;
}

function positive(name: string, value: number): number {
  if (!(value > 0)) fail(`--${name} wants more than 0.`);
  return value;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
