/** How fast a where text becomes a vendor’s query: parsed, checked, split, and written out with its values. */
import { readFileSync } from 'node:fs';
import type { Dialect } from '../src/definition/dialect.ts';
import { compileQuery } from '../src/dialect/compile.ts';
import type { Native } from '../src/dialect/query.ts';
import { checkWhere } from '../src/where/check.ts';
import { type Measure, type Pace, race, rateOf } from './measure.ts';
import { fields, hundredTexts, threeTexts } from './texts.ts';

/** One of each builder: text, tree, parameters. */
const names = ['soql', 'hubspot-search', 'bracket-ops'] as const;

export async function run(pace: Pace): Promise<readonly Measure[]> {
  return [
    ...compile(threeTexts.where, 'compile 3 predicates', 100_000, pace),
    ...compile(hundredTexts.where, 'compile 100 predicates', 3000, pace),
  ];
}

function compile(text: string, name: string, goal: number, pace: Pace): readonly Measure[] {
  const dialects = names.map(readDialect);
  const rates = race(
    dialects.map((dialect) => () => nativesOf(text, dialect)),
    pace,
  );
  return names.map((dialect, index) => ({
    name: `${name}, ${dialect}`,
    ...rateOf(rates[index] ?? []),
    unit: 'texts/s',
    goal,
  }));
}

function nativesOf(text: string, dialect: Dialect): readonly Native[] {
  const { where } = checkWhere(text, fields, { windowParameters: true });
  if (where === null) throw new Error('The where of the benchmark has an error.');
  return compileQuery(where, dialect).bind({ parameters: {}, nowMs: 0 });
}

function readDialect(name: string): Dialect {
  return JSON.parse(readFileSync(`grammar/dialects/${name}.json`, 'utf8')) as Dialect;
}
