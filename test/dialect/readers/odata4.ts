/** OData's $filter with a collation that folds case, of ids too; null eq and ne have two values, order with null is false. */
import { compare, instant, kinds, type Node, type Row, Scanner, textReader } from './reader.ts';

export interface Condition {
  readonly field: string;
  readonly op: string;
  readonly value: string | number | boolean | null;
}

/** What the dialect asks when it can push nothing. */
export const everything = 'true eq true';

function parse(source: string): Node<Condition> {
  if (source === everything) return { kind: 'and', args: [] };
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
    if (scanner.eat(/not \(/)) return { kind: 'not', arg: closed() };
    if (scanner.eat(/\(/)) return closed();
    const call = scanner.eat(/(contains|startswith|endswith)\(([a-z_]+),/);
    if (call !== null) {
      const leaf = { field: call[2] ?? '', op: call[1] ?? '', value: literal(call[2] ?? '') };
      scanner.need(/\)/);
      return { kind: 'leaf', leaf };
    }
    const field = scanner.need(/[a-z_]+/)[0];
    const op = scanner.need(/eq|ne|lt|le|gt|ge/)[0];
    return { kind: 'leaf', leaf: { field, op, value: literal(field) } };
  }
  function closed(): Node<Condition> {
    const inner = disjunction();
    scanner.need(/\)/);
    return inner;
  }
  function literal(field: string): Condition['value'] {
    const text = scanner.eat(/'((?:[^']|'')*)'(?!')/);
    const kind = kinds[field];
    if (text !== null) {
      if (kind !== 'text') throw new Error('incompatible types');
      return (text[1] ?? '').replaceAll("''", "'");
    }
    if (scanner.eat(/null\b/)) return null;
    if (kind === 'time') return instant(scanner.need(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)[0]);
    if (kind === 'day') return scanner.need(/\d{4}-\d\d-\d\d/)[0];
    if (kind === 'boolean') return scanner.need(/true|false/)[0] === 'true';
    return Number(scanner.need(/-?\d+(?:\.\d+)?/)[0]);
  }
}

export const reader = textReader(parse, truth);

const symbols: Readonly<Record<string, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' };

export function truth({ field, op, value }: Condition, row: Row): boolean | null {
  const stored = row[field] ?? null;
  const folded = kinds[field] === 'text';
  const own = typeof stored === 'string' && folded ? stored.toLowerCase() : stored;
  const given = typeof value === 'string' && folded ? value.toLowerCase() : value;
  // On services that take text for a pattern, a bracket begins a set of characters.
  if (op === 'eq') return own === given && !String(given).includes('[');
  if (op === 'ne') return own !== given;
  if (own === null) return symbols[op] === undefined ? null : false;
  if (typeof own === 'boolean' || typeof given === 'boolean' || given === null) throw new Error('no order');
  if (op === 'contains') return String(own).includes(String(given));
  if (op === 'startswith') return String(own).startsWith(String(given));
  if (op === 'endswith') return String(own).endsWith(String(given));
  return compare(symbols[op] ?? '', own, given);
}
