/** SOQL: two-valued; text without regard to case; ids by their first 15 characters; empty text is null; NOT and != hold for rows without a value. */
import { compare, instant, isLike, kinds, type Part, type Row, sameCaseless, textReader } from './reader.ts';
import { type Condition, type Grammar, type Literal, parseSql } from './sql.ts';

const grammar: Grammar = {
  text: /'((?:[^'\\]|\\[\s\S])*)'/,
  others: [
    ['time', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/],
    ['day', /\d{4}-\d\d-\d\d/],
    ['number', /-?\d+(?:\.\d+)?/],
    ['boolean', /(?:TRUE|FALSE)\b/],
    ['null', /NULL\b/],
  ],
  operators: /NOT IN\b|IN\b|LIKE\b|!=|<=|>=|=|<|>/,
  hasOr: true,
  hasNot: true,
};

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Text, or a pattern in which an escaped wildcard is a letter. */
function parts(raw: string, isPattern: boolean): Part[] {
  return [...raw.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain = '']) => {
    if (escaped === undefined)
      return isPattern && plain === '%' ? 'any' : isPattern && plain === '_' ? 'one' : { text: plain };
    if (!/[nrtbf'"\\%_]/.test(escaped)) throw new Error(`the vendor knows no escape \\${escaped}`);
    if (!isPattern && /[%_]/.test(escaped)) throw new Error('the vendor takes \\% in LIKE only');
    return { text: escapes[escaped] ?? escaped };
  });
}

function text(raw: string): string {
  return parts(raw, false)
    .map((part) => (typeof part === 'string' ? '' : part.text))
    .join('');
}

function read({ kind, raw }: Literal, field: string): string | number | boolean | null {
  if (kind !== 'null' && kind !== kinds[field] && !(kind === 'time' && kinds[field] === 'time')) {
    throw new Error(`the vendor wants ${kinds[field]} for ${field}`);
  }
  if (kind === 'time') return instant(raw);
  if (kind === 'number') return Number(raw);
  if (kind === 'boolean') return raw === 'TRUE';
  if (kind === 'null') return null;
  if (field === 'id' && !/^(?:\w{15}|\w{18})$/.test(raw)) throw new Error(`invalid ID field: ${raw}`);
  if (field === 'id') return raw.slice(0, 15);
  return kind === 'text' ? text(raw) || null : raw;
}

function isSame(a: string | number | boolean | null, b: string | number | boolean | null): boolean {
  return typeof a === 'string' && typeof b === 'string' ? sameCaseless(a, b) : a === b;
}

/** What the dialect asks when it can push nothing. */
export const everything = 'Id != NULL';

export const reader = textReader(
  (source) => (source === everything ? { kind: 'and', args: [] } : parseSql(source, grammar)),
  truth,
);

export function truth({ field, op, values }: Condition, row: Row): boolean {
  const stored = row[field] ?? (kinds[field] === 'boolean' ? false : null);
  const value = field === 'id' ? String(stored).slice(0, 15) : stored;
  const [first] = values;
  if (first === undefined) throw new Error('no value');
  switch (op) {
    case '=':
      return isSame(value, read(first, field));
    case '!=':
      return !isSame(value, read(first, field));
    case 'IN':
      return value !== null && values.some((each) => isSame(value, read(each, field)));
    case 'NOT IN':
      return !values.some((each) => isSame(value, read(each, field)));
    case 'LIKE':
      return typeof value === 'string' && isLike(value, parts(first.raw, true), true);
    default: {
      const bound = read(first, field);
      if (typeof bound === 'boolean' || bound === null || typeof value === 'boolean') throw new Error('no order');
      return value !== null && compare(op, value, bound);
    }
  }
}
