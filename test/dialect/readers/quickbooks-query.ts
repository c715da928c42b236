/** QuickBooks' query: AND only; no null tests; text without regard to case; ASCII only; % alone in LIKE. */
import { compare, idNumber, instant, isLike, kinds, type Part, type Row, sameCaseless, textReader } from './reader.ts';
import { type Condition, type Grammar, type Literal, parseSql } from './sql.ts';

const grammar: Grammar = {
  text: /'((?:[^'\\]|\\['\\])*)'/,
  others: [['boolean', /(?:true|false)\b/]],
  operators: /IN\b|LIKE\b|<=|>=|=|<|>/,
  hasOr: false,
  hasNot: false,
};

export const reader = textReader((source) => {
  if (/[^\x20-\x7e]/.test(source)) throw new Error('lexical error');
  return source === "Id > '0'" ? { kind: 'and', args: [] } : parseSql(source, grammar);
}, truth);

function read({ kind, raw }: Literal, field: string): string | number | boolean {
  const text = raw.replace(/\\(.)/g, '$1');
  if (kind === 'boolean') return raw === 'true';
  if (kinds[field] === 'time') return instant(text);
  if (field === 'id') return idNumber(text);
  if (kinds[field] !== 'number') return text;
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error('no number');
  return Number(text);
}

function isSame(a: string | number | boolean, b: string | number | boolean, field: string): boolean {
  if (field === 'id') return Number(a) === b;
  return typeof a === 'string' && typeof b === 'string' ? sameCaseless(a, b) : a === b;
}

function truth({ field, op, values }: Condition, row: Row): boolean {
  const value = row[field] ?? null;
  const [first] = values;
  if (value === null || first === undefined) return false;
  if (op === '=') return isSame(value, read(first, field), field);
  if (op === 'IN') return values.some((each) => isSame(value, read(each, field), field));
  if (op === 'LIKE') {
    const parts = [...String(read(first, 'name'))].map((point): Part => (point === '%' ? 'any' : { text: point }));
    return isLike(String(value), parts, true);
  }
  const bound = read(first, field);
  if (typeof value === 'boolean' || typeof bound === 'boolean') throw new Error('no order');
  return compare(op, value, bound);
}
