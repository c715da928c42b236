/**
 * RSQL by its grammar: `;` binds before `,`, text in quotes with a backslash before what is meant literally. Text
 * folds case letter by letter, a star matches any run, ^ at the beginning is no part of it, and != and =out= hold
 * for records without a value.
 */
import { compare, instant, kinds, letters, type Node, type Row, Scanner, textReader } from './reader.ts';

export interface Condition {
  readonly field: string;
  readonly op: string;
  readonly values: readonly string[];
}

/** What is sent when nothing is asked. */
export const everything = '';

const operator = /==|!=|=(?:lt|le|gt|ge|in|out)=/;
const bare = /[^\s"'();,=!~<>]+/;

function parse(source: string): Node<Condition> {
  if (source === everything) return { kind: 'and', args: [] };
  const scanner = new Scanner(source);
  const node = row(',', () => row(';', term));
  scanner.end();
  return node;

  function row(separator: ',' | ';', arg: () => Node<Condition>): Node<Condition> {
    const args = [arg()];
    while (scanner.eat(separator === ',' ? /,/ : /;/)) args.push(arg());
    return { kind: separator === ',' ? 'or' : 'and', args };
  }
  function term(): Node<Condition> {
    if (scanner.eat(/\(/)) {
      const inner = row(',', () => row(';', term));
      scanner.need(/\)/);
      return inner;
    }
    const field = scanner.need(bare)[0];
    const op = scanner.need(operator)[0];
    if (op !== '=in=' && op !== '=out=') return { kind: 'leaf', leaf: { field, op, values: [value()] } };
    scanner.need(/\(/);
    const values = [value()];
    while (scanner.eat(/,/)) values.push(value());
    scanner.need(/\)/);
    return { kind: 'leaf', leaf: { field, op, values } };
  }
  function value(): string {
    const quoted = scanner.eat(/"((?:[^"\\]|\\[\s\S])*)"/);
    return quoted === null ? scanner.need(bare)[0] : (quoted[1] ?? '').replace(/\\([\s\S])/g, '$1');
  }
}

export function truth({ field, op, values }: Condition, row: Row): boolean {
  const stored = row[field] ?? null;
  const isAny = stored !== null && values.some((value) => same(field, stored, value));
  if (op === '==' || op === '=in=') return isAny;
  if (op === '!=' || op === '=out=') return !isAny;
  if (stored === null || typeof stored === 'boolean') return false;
  return compare(symbols[op] ?? '', stored, read(field, values[0] ?? ''));
}

const symbols: Readonly<Record<string, string>> = { '=lt=': '<', '=le=': '<=', '=gt=': '>', '=ge=': '>=' };

function read(field: string, value: string): string | number {
  if (kinds[field] === 'time') return instant(value);
  return kinds[field] === 'number' ? Number(value) : value;
}

function same(field: string, stored: string | number | boolean, value: string): boolean {
  if (kinds[field] !== 'text') return String(stored) === String(read(field, value));
  if (value.includes('*') || value.startsWith('^')) throw new Error('a wildcard that nobody asked for');
  return letters(String(stored)) === letters(value);
}

export const reader = textReader(parse, truth);
