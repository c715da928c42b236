/** Zoho's COQL: conditions bracketed in pairs, at most 25; text without regard to case; != holds without a value. */
import {
  compare,
  idNumber,
  instant,
  isLike,
  kinds,
  type Node,
  type Part,
  type Row,
  sameCaseless,
  textReader,
} from './reader.ts';
import { type Condition, type Grammar, type Literal, parseSql } from './sql.ts';

const grammar: Grammar = {
  text: /'((?:[^'\\]|\\['\\])*)'/,
  others: [
    ['number', /-?\d+(?:\.\d+)?/],
    ['boolean', /(?:true|false)\b/],
  ],
  operators: /not in\b|in\b|between\b|like\b|is not null\b|is null\b|!=|<=|>=|=|<|>/,
  hasOr: true,
  hasNot: false,
};

function checkPairs(node: Node<Condition>): number {
  if (node.kind === 'leaf') return 1;
  if (node.kind === 'not') throw new Error('no NOT');
  if (node.args.length !== 2) throw new Error('two conditions in a bracket');
  return node.args.map(checkPairs).reduce((a, b) => a + b, 0);
}

export const reader = textReader((source): Node<Condition> => {
  if (source === 'id is not null') return { kind: 'and', args: [] };
  const node = parseSql(source, grammar);
  if (checkPairs(node) > 25) throw new Error('more than 25 criteria');
  return node;
}, truth);

function read({ kind, raw }: Literal, field: string): string | number | boolean {
  if (kind === 'number') return Number(raw);
  if (kind === 'boolean') return raw === 'true';
  const text = raw.replace(/\\(.)/g, '$1');
  if (field === 'id') return idNumber(text);
  return kinds[field] === 'time' ? instant(text) : text;
}

function isSame(a: string | number | boolean, b: string | number | boolean, field: string): boolean {
  if (field === 'id') return Number(a) === b;
  return typeof a === 'string' && typeof b === 'string' ? sameCaseless(a, b) : a === b;
}

function truth({ field, op, values }: Condition, row: Row): boolean {
  const value = row[field] ?? null;
  const [first, second] = values;
  if (op === 'IS NULL') return value === null;
  if (op === 'IS NOT NULL') return value !== null;
  if (first === undefined) throw new Error('no value');
  if (value === null) return op === '!=' || op === 'NOT IN';
  if (op === '=' || op === '!=') return isSame(value, read(first, field), field) === (op === '=');
  if (op === 'IN' || op === 'NOT IN')
    return values.some((each) => isSame(value, read(each, field), field)) === (op === 'IN');
  if (op === 'LIKE') {
    const parts = [...String(read(first, 'name'))].map((point): Part => (point === '%' ? 'any' : { text: point }));
    return isLike(String(value), parts, true);
  }
  const order = (symbol: string, literal: Literal | undefined): boolean => {
    const bound = literal === undefined ? null : read(literal, field);
    if (typeof value === 'boolean' || typeof bound === 'boolean' || bound === null) throw new Error('no order');
    return compare(symbol, value, bound);
  };
  return op === 'BETWEEN' ? order('>=', first) && order('<=', second) : order(op, first);
}
