/** What people write for an operator of the where language. */
import { nearestName } from '../diagnostic/nearest-name.ts';

/** Operators of other languages, by their name in capitals. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['EQ', '='],
  ['EQUALS', '='],
  ['NE', '!='],
  ['NEQ', '!='],
  ['GT', '>'],
  ['GE', '>='],
  ['GTE', '>='],
  ['LT', '<'],
  ['LE', '<='],
  ['LTE', '<='],
  ['≥', '>='],
  ['≤', '<='],
  ['≠', '!='],
  ['＝', '='],
  ['＜', '<'],
  ['＞', '>'],
  ['AFTER', '>'],
  ['SINCE', '>='],
  ['BEFORE', '<'],
  ['UNTIL', '<='],
  ['HAS', 'CONTAINS'],
  ['INCLUDES', 'CONTAINS'],
  ['CONTAIN', 'CONTAINS'],
  ['SUBSTRINGOF', 'CONTAINS'],
  ['STARTSWITH', 'STARTS WITH'],
  ['BEGINSWITH', 'STARTS WITH'],
  ['BEGINS', 'STARTS WITH'],
  ['ENDSWITH', 'ENDS WITH'],
  ['MATCHES', 'LIKE'],
  ['REGEXP', 'LIKE'],
  ['RLIKE', 'LIKE'],
]);

/** Tests of other languages that take no value. */
const tests: ReadonlyMap<string, string> = new Map([
  ['EXISTS', 'IS NOT NULL'],
  ['PRESENT', 'IS NOT NULL'],
  ['NOTNULL', 'IS NOT NULL'],
  ['ISNOTNULL', 'IS NOT NULL'],
  ['ISNULL', 'IS NULL'],
  ['ISEMPTY', 'IS NULL'],
]);

const words = ['IN', 'LIKE', 'ILIKE', 'BETWEEN', 'CONTAINS', 'STARTS', 'ENDS'] as const;

export function synonymOf(word: string): string | undefined {
  return synonyms.get(word.toUpperCase());
}

export function testOf(word: string): string | undefined {
  return tests.get(word.toUpperCase());
}

/** The word operator that a misspelt one was probably meant to be. */
export function nearestOperator(word: string): string | null {
  const nearest = word.length < 3 ? null : nearestName(word, words);
  return nearest === 'STARTS' || nearest === 'ENDS' ? `${nearest} WITH` : nearest;
}
