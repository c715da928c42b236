/** Jira's JQL: names and keys fold case; times compare by the second; != and NOT IN leave out issues without a value; empty text is no value. */
import { compare, kinds, type Row, textReader } from './reader.ts';
import { type Condition, type Grammar, type Literal, parseSql } from './sql.ts';

const grammar: Grammar = {
  text: /"((?:[^"\\]|\\[\s\S])*)"/,
  others: [['number', /-?\d+(?:\.\d+)?/]],
  operators: /not in\b|in\b|is not EMPTY\b|is EMPTY\b|!=|<=|>=|=|<|>/,
  hasOr: true,
  hasNot: false,
};

/** What the dialect asks when it can push nothing. */
export const everything = 'created is not EMPTY';

export const reader = textReader(
  (source) => (source === everything ? { kind: 'and', args: [] } : parseSql(source, grammar)),
  truth,
);

function read({ kind, raw }: Literal, field: string): string | number {
  if (kind === 'number') {
    if (kinds[field] !== 'number' && kinds[field] !== 'time') throw new Error('a number is not wanted');
    return kinds[field] === 'time' ? second(Number(raw)) : Number(raw);
  }
  return fold(
    raw.replace(/\\([\s\S])/g, (_, escaped: string) => ({ n: '\n', r: '\r', t: '\t' })[escaped] ?? escaped),
    field,
  );
}

function fold(text: string, field: string): string {
  return kinds[field] === 'day' ? text : text.toLowerCase();
}

function second(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

export function truth({ field, op, values }: Condition, row: Row): boolean {
  if (field === 'name' || field === 'title')
    if (!op.startsWith('IS')) throw new Error('text is searched by words only');
  const stored = row[field] ?? '';
  if (op === 'IS EMPTY') return stored === '';
  if (op === 'IS NOT EMPTY') return stored !== '';
  const [first] = values;
  if (first === undefined || typeof stored === 'boolean') throw new Error('no value');
  if (stored === '') return false;
  const own = typeof stored === 'string' ? fold(stored, field) : kinds[field] === 'time' ? second(stored) : stored;
  if (op === 'IN' || op === 'NOT IN') return values.some((each) => read(each, field) === own) === (op === 'IN');
  return compare(op, own, read(first, field));
}
