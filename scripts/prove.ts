/**
 * Searches long for a case that breaks a law of the language or of a dialect.
 *
 *     npm run prove                              10,000 cases for each law
 *     npm run prove -- --cases 1000000           as many as that
 *     npm run prove -- --dialect soql            the laws of one dialect (may be repeated)
 *     npm run prove -- --seed 7                  the same cases again
 *
 * Exits with 1 after printing the least case found and how to see it again.
 */
import { parseArgs } from 'node:util';
import { dialectNames } from '../test/dialect/dialects.ts';
import { laws } from '../test/prove/laws.ts';
import { prove } from '../test/prove/prove.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() | 0) },
    dialect: { type: 'string', multiple: true, default: [] },
  },
});

const unknown = options.dialect.filter((name) => !dialectNames.includes(name));
if (unknown.length > 0) fail(`There is no dialect ${unknown.join(', ')}. There are ${dialectNames.join(', ')}.`);
const cases = wholeNumber('cases', options.cases);
if (cases < 1) fail('--cases wants at least 1.');
const seed = wholeNumber('seed', options.seed);
const chosen = laws.filter(({ dialect }) => options.dialect.length === 0 || options.dialect.includes(dialect ?? ''));

const { stdout } = process;
let shownMs = 0;
console.log(`${chosen.length} laws, ${cases.toLocaleString('en')} cases each, seed ${seed}`);
process.exitCode = prove(chosen, {
  cases,
  seed,
  progress: (text) => {
    // A screen shows every half second where it is; a file would only grow.
    if (!stdout.isTTY || Date.now() - shownMs < 500) return;
    shownMs = Date.now();
    stdout.write(`\r\u001b[K${text}`);
  },
  print: (text) => console.log(stdout.isTTY ? `\r\u001b[K${text}` : text),
  now: () => performance.now(),
})
  ? 0
  : 1;

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isSafeInteger(value)) fail(`--${name} wants a whole number, not ${text}.`);
  return value;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
