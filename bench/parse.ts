/** How fast a where text becomes a tree with positions, beside the parsers of languages like it. */
import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { defaultParser as odata } from '@odata/parser';
import { parse as parseRsql } from '@rsql/parser';
import { parseWhere } from '../src/where/parser.ts';
import { type Measure, type Pace, race, rateOf, ratioOf } from './measure.ts';
import { hundredTexts, type Texts, threeTexts } from './texts.ts';

export async function run(pace: Pace): Promise<readonly Measure[]> {
  return [...compare(threeTexts, 300_000, pace), ...compare(hundredTexts, 12_000, pace)];
}

const empty: readonly number[] = [];

/** Without a word on `ignoreParseErrors` it would build a new parser for every text, and be a thousand times slower. */
const soqlOptions = { allowPartialQuery: true, ignoreParseErrors: false };

function compare(texts: Texts, goal: number, pace: Pace): readonly Measure[] {
  if (parseWhere(texts.where).expr === null) throw new Error('The where of the benchmark has an error.');
  const [ours = empty, rsql = empty, soql = empty, filter = empty] = race(
    [
      () => parseWhere(texts.where),
      () => parseRsql(texts.rsql),
      () => parseQuery(texts.soql, soqlOptions),
      () => odata.filter(texts.odata),
    ],
    pace,
  );
  const name = `parse ${texts.count} predicates`;
  return [
    { name, ...rateOf(ours), unit: 'texts/s', goal },
    { name: `${name}, beside @rsql/parser`, ...ratioOf(ours, rsql), unit: '×', goal: 3 },
    { name: `${name}, beside @jetstreamapp/soql-parser-js`, ...ratioOf(ours, soql), unit: '×', goal: 4.5 },
    { name: `${name}, beside @odata/parser`, ...ratioOf(ours, filter), unit: '×', goal: 10 },
  ];
}
