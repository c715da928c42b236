/** Lucene's query syntax over words that fold case; empty text is no value; NOT holds for documents without the field. */
import { compare, instant, kinds, type Node, type Row, Scanner, textReader } from './reader.ts';

export interface Condition {
  readonly field: string;
  readonly low: { readonly value: string; readonly isInside: boolean } | null;
  readonly high: { readonly value: string; readonly isInside: boolean } | null;
  readonly exists: boolean;
}

function parse(source: string): Node<Condition> {
  const scanner = new Scanner(source);
  const node = disjunction();
  scanner.end();
  return node;

  function disjunction(): Node<Condition> {
    const first = conjunction();
    const args = [first.node];
    while (scanner.eat(/OR\b/)) {
      const next = conjunction();
      // The classic parser gives AND and OR no precedence: mixed rows mean something else than they say.
      if (first.isChain || next.isChain) throw new Error('AND beside OR without brackets');
      args.push(next.node);
    }
    return { kind: 'or', args };
  }
  function conjunction(): { node: Node<Condition>; isChain: boolean } {
    const args = [term()];
    while (scanner.eat(/AND\b/)) args.push(term());
    return { node: { kind: 'and', args }, isChain: args.length > 1 };
  }
  function term(): Node<Condition> {
    if (scanner.eat(/NOT\b/)) return { kind: 'not', arg: term() };
    if (scanner.eat(/\*:\*/)) return { kind: 'and', args: [] };
    if (scanner.eat(/\(/)) {
      const inner = disjunction();
      scanner.need(/\)/);
      return inner;
    }
    const field = scanner.need(/([A-Za-z_.]+):/)[1] ?? '';
    if (field === '_exists_') {
      return { kind: 'leaf', leaf: { field: scanner.need(/[a-z_]+/)[0], low: null, high: null, exists: true } };
    }
    const open = scanner.eat(/[[{]/);
    if (open === null) {
      const same = { value: value(), isInside: true };
      return { kind: 'leaf', leaf: { field, low: same, high: same, exists: false } };
    }
    const low = scanner.eat(/\*/) ? null : { value: value(), isInside: open[0] === '[' };
    scanner.need(/TO\b/);
    const high = scanner.eat(/\*/) ? null : value();
    const isInside = scanner.need(/[\]}]/)[0] === ']';
    return {
      kind: 'leaf',
      leaf: { field, low, high: high === null ? null : { value: high, isInside }, exists: false },
    };
  }
  function value(): string {
    const text = scanner.eat(/"((?:[^"\\]|\\[\s\S])*)"/);
    if (text !== null) return (text[1] ?? '').replace(/\\([\s\S])/g, '$1');
    return scanner.need(/true|false|\d{4}-\d\d-\d\d/)[0];
  }
}

export const reader = textReader(parse, truth);

function form(value: string | number | boolean, field: string): string | number {
  if (kinds[field] === 'number') return Number(value);
  if (kinds[field] === 'time') return typeof value === 'number' ? value : instant(String(value));
  return String(value).toLowerCase();
}

export function truth({ field, low, high, exists }: Condition, row: Row): boolean {
  const stored = row[field] ?? null;
  if (stored === null || stored === '') return false;
  // What is analysed to no word finds nothing.
  if (kinds[field] === 'text' && low !== null && !/[\p{L}\p{N}]/u.test(low.value)) return false;
  if (exists) return true;
  const own = form(stored, field);
  return (
    (low === null || compare(low.isInside ? '>=' : '>', own, form(low.value, field))) &&
    (high === null || compare(high.isInside ? '<=' : '<', own, form(high.value, field)))
  );
}
