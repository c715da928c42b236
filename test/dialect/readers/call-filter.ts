/** Filters of calls: text folds case; times and numbers stand bare; a call on a missing value is false, and not() of it true. */
import { type Call, parseCalls } from './calls.ts';
import { compare, instant, kinds, type Node, type Row, textReader } from './reader.ts';

interface Condition {
  readonly call: string;
  readonly field: string;
  readonly values: readonly (string | number | boolean)[];
}

function toNode(call: Call): Node<Condition> {
  if (!('call' in call)) throw new Error('a call is wanted');
  if (call.call === 'and' || call.call === 'or') return { kind: call.call, args: call.args.map(toNode) };
  const [first, second] = call.args;
  if (call.call === 'not' && first !== undefined) return { kind: 'not', arg: toNode(first) };
  if (first === undefined || second === undefined || !('bare' in first))
    throw new Error('a field and a value are wanted');
  const field = first.bare;
  const given = 'list' in second ? second.list : [second];
  return { kind: 'leaf', leaf: { call: call.call, field, values: given.map((value) => read(value, field)) } };
}

function read(value: Call, field: string): string | number | boolean {
  if (kinds[field] === 'text') {
    if (!('text' in value)) throw new Error('text stands in quotes');
    return value.text.toLowerCase();
  }
  if (!('bare' in value)) throw new Error('this stands without quotes');
  if (kinds[field] === 'time') return instant(value.bare);
  if (kinds[field] === 'boolean') return value.bare === 'true';
  return kinds[field] === 'number' ? Number(value.bare) : value.bare;
}

const symbols: Readonly<Record<string, string>> = {
  'less-than': '<',
  'less-or-equal': '<=',
  'greater-than': '>',
  'greater-or-equal': '>=',
};

function truth({ call, field, values }: Condition, row: Row): boolean {
  const stored = row[field] ?? null;
  const [value] = values;
  if (stored === null || value === undefined) return false;
  const own = typeof stored === 'string' && kinds[field] === 'text' ? stored.toLowerCase() : stored;
  switch (call) {
    case 'equals':
      return own === value;
    case 'any':
      return values.includes(own);
    case 'contains':
      return String(own).includes(String(value));
    case 'starts-with':
      return String(own).startsWith(String(value));
    case 'ends-with':
      return String(own).endsWith(String(value));
    default:
      if (typeof own === 'boolean' || typeof value === 'boolean') throw new Error('no order');
      return compare(symbols[call] ?? '', own, value);
  }
}

export const reader = textReader(
  (source) =>
    source === '' ? { kind: 'and', args: [] } : toNode(parseCalls(source, /(?!)/, /[A-Za-z0-9_.:-]+(?!\()/)),
  truth,
);
