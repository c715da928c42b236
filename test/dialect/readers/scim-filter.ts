/**
 * SCIM's filter by RFC 7644 §3.4.2.2: `and` binds before `or`, values are JSON, text folds case letter by letter, empty
 * text is not present, and `ne` holds for what has no value.
 */
import { compare, instant, kinds, letters, type Node, type Row, Scanner, textReader } from './reader.ts';

interface Condition {
  readonly field: string;
  readonly op: string;
  readonly value: string | number | boolean | null;
}

function parse(source: string): Node<Condition> {
  const scanner = new Scanner(source);
  const node = disjunction();
  scanner.end();
  return node;

  function disjunction(): Node<Condition> {
    const args = [conjunction()];
    while (scanner.eat(/or\b/)) args.push(conjunction());
    return { kind: 'or', args };
  }
  function conjunction(): Node<Condition> {
    const args = [term()];
    while (scanner.eat(/and\b/)) args.push(term());
    return { kind: 'and', args };
  }
  function term(): Node<Condition> {
    const isNegated = scanner.eat(/not\b/) !== null;
    if (scanner.eat(/\(/)) {
      const arg = disjunction();
      scanner.need(/\)/);
      return isNegated ? { kind: 'not', arg } : arg;
    }
    if (isNegated) throw new Error('the vendor wants brackets after not');
    const field = scanner.need(/[A-Za-z][\w.:-]*/)[0];
    if (scanner.eat(/pr\b/)) return { kind: 'leaf', leaf: { field, op: 'pr', value: null } };
    const op = scanner.need(/(?:eq|ne|lt|le|gt|ge|co|sw|ew)\b/)[0];
    const literal = scanner.need(/"(?:[^"\\]|\\[\s\S])*"|true\b|false\b|-?\d+(?:\.\d+)?/)[0];
    return { kind: 'leaf', leaf: { field, op, value: JSON.parse(literal) as Condition['value'] } };
  }
}

const symbols: Readonly<Record<string, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' };

function truth({ field, op, value }: Condition, row: Row): boolean {
  const stored = row[field] ?? null;
  const isPresent = stored !== null && stored !== '';
  if (op === 'pr') return isPresent;
  if (!isPresent || value === null) return op === 'ne';
  const own = form(field, stored);
  const given = form(field, value);
  switch (op) {
    case 'eq':
      return own === given;
    case 'ne':
      return own !== given;
    case 'co':
      return String(own).includes(String(given));
    case 'sw':
      return String(own).startsWith(String(given));
    case 'ew':
      return String(own).endsWith(String(given));
    default:
      if (typeof own === 'boolean' || typeof given === 'boolean') throw new Error('no order');
      return compare(symbols[op] ?? '', own, given);
  }
}

function form(field: string, value: string | number | boolean): string | number | boolean {
  const kind = kinds[field];
  if (kind === 'time') return typeof value === 'number' ? value : instant(String(value));
  if (kind === 'day') throw new Error('SCIM has no days');
  if (kind !== 'text') return value;
  if (typeof value !== 'string') throw new Error('text is wanted');
  return letters(value);
}

export const reader = textReader(parse, truth);
