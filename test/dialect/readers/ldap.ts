/**
 * LDAP's filters by RFC 4515: every condition in brackets, an operator before its arguments, special characters as two
 * hexadecimal digits. An attribute without a value makes a comparison undefined (RFC 4511 §4.5.1.7); text folds case.
 */
import { compare, kinds, letters, type Node, type Row, Scanner, type Truth, textReader } from './reader.ts';

interface Condition {
  readonly field: string;
  readonly op: string;
  /** Pieces between stars; one piece for a whole value. */
  readonly pieces: readonly string[];
}

function parse(source: string): Node<Condition> {
  const scanner = new Scanner(source);
  const node = filter();
  scanner.end();
  return node;

  function filter(): Node<Condition> {
    scanner.need(/\(/);
    const chain = scanner.eat(/[&|]/);
    const isNegated = chain === null && scanner.eat(/!/) !== null;
    const node = chain !== null ? row(chain[0]) : isNegated ? ({ kind: 'not', arg: filter() } as const) : item();
    scanner.need(/\)/, true);
    return node;
  }
  function row(symbol: string): Node<Condition> {
    const args = [filter()];
    while (scanner.eat(/(?=\()/)) args.push(filter());
    return { kind: symbol === '&' ? 'and' : 'or', args };
  }
  function item(): Node<Condition> {
    const field = scanner.need(/[A-Za-z][\w;-]*/)[0];
    const op = scanner.need(/>=|<=|=/, true)[0];
    const raw = scanner.need(/[^()\0]*/, true)[0];
    return { kind: 'leaf', leaf: { field, op, pieces: raw.split('*').map(unescaped) } };
  }
}

function unescaped(raw: string): string {
  if (/\\(?![0-9a-f]{2})/.test(raw)) throw new Error(`two digits are wanted after a backslash in ${raw}`);
  return raw.replace(/\\([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function truth({ field, op, pieces }: Condition, row: Row): Truth {
  const stored = row[field] ?? null;
  const isPresence = pieces.length === 2 && pieces.every((piece) => piece === '');
  if (isPresence) return stored !== null;
  if (stored === null) return null;
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return compare(op, form(field, stored), form(field, first));
  const [own, start, end] = [letters(String(stored)), letters(first), letters(rest.at(-1) ?? '')];
  if (op !== '=' || rest.length !== 1) throw new Error('one star is enough here');
  return own.startsWith(start) && own.slice(start.length).endsWith(end);
}

function form(field: string, value: string | number | boolean): string | number {
  switch (kinds[field]) {
    case 'number':
      return Number(value);
    case 'time':
      return typeof value === 'number' ? value : generalizedTime(String(value));
    case 'boolean':
      return typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
    default:
      return letters(String(value));
  }
}

function generalizedTime(text: string): number {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{3})Z$/.exec(text) ?? [];
  if (fraction === undefined) throw new Error(`no time: ${text}`);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
}

export const reader = textReader(parse, truth);
