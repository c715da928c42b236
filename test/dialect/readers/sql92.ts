/**
 * A database whose collation folds case and ignores trailing blanks; three-valued; times stored in microseconds and
 * fractions in single precision.
 */
import { compare, instant, isLike, kinds, type Part, type Row, type Truth, textReader } from './reader.ts';
import { type Condition, type Grammar, type Literal, parseSql } from './sql.ts';

const grammar: Grammar = {
  text: /'((?:[^']|'')*)'(?!')/,
  others: [
    ['time', /TIMESTAMP '([^']*)'/],
    ['day', /DATE '([^']*)'/],
    ['number', /-?\d+(?:\.\d+)?/],
    ['boolean', /(?:TRUE|FALSE)\b/],
  ],
  operators: /NOT IN\b|IN\b|NOT BETWEEN\b|BETWEEN\b|LIKE\b|IS NOT NULL\b|IS NULL\b|<>|<=|>=|=|<|>/,
  afterLike: /ESCAPE '!'/,
  hasOr: true,
  hasNot: true,
};

function read({ kind, raw }: Literal, field: string): string | number | boolean {
  if (kind !== kinds[field]) throw new Error(`the vendor wants ${kinds[field]} for ${field}`);
  if (kind === 'time') return instant(`${raw.replace(' ', 'T')}Z`);
  if (kind === 'number') return Number(raw);
  return kind === 'boolean' ? raw === 'TRUE' : collate(raw.replaceAll("''", "'"));
}

function collate(value: string): string {
  return value.toLowerCase().replace(/ +$/, '');
}

function pattern(raw: string): Part[] {
  return [...raw.replaceAll("''", "'").matchAll(/!([\s\S])|([\s\S])/gu)].map(([, escaped, plain = '']) =>
    escaped !== undefined ? { text: escaped } : plain === '%' ? 'any' : plain === '_' ? 'one' : { text: plain },
  );
}

export const reader = textReader(
  (source) => (source === '1 = 1' ? { kind: 'and', args: [] } : parseSql(source, grammar)),
  truth,
);

function truth({ field, op, values }: Condition, row: Row): Truth {
  const stored = row[field] ?? null;
  if (op === 'IS NULL') return stored === null;
  if (op === 'IS NOT NULL') return stored !== null;
  if (stored === null) return null;
  const [first, second] = values;
  if (op === 'LIKE') return isLike(String(stored), pattern(first?.raw ?? ''), true);
  const value =
    typeof stored === 'string' && kinds[field] === 'text'
      ? collate(stored)
      : kinds[field] === 'number'
        ? single(stored)
        : stored;
  const order = (symbol: string, literal: Literal | undefined): boolean => {
    if (literal === undefined) throw new Error('no value');
    const bound = read(literal, field);
    return compare(symbol === '<>' ? '!=' : symbol, comparable(value), comparable(bound));
  };
  const isIn = (): boolean => values.some((each) => comparable(read(each, field)) === comparable(value));
  if (op === 'IN') return isIn();
  if (op === 'NOT IN') return !isIn();
  const isBetween = (): boolean => order('>=', first) && order('<=', second);
  if (op === 'BETWEEN') return isBetween();
  return op === 'NOT BETWEEN' ? !isBetween() : order(op, first);
}

function single(value: string | number | boolean): number {
  return Number.isInteger(value) ? Number(value) : Math.fround(Number(value));
}

function comparable(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? String(value) : value;
}
