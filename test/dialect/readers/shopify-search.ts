/**
 * Shopify's search text: text by words without regard to case, a phrase in order; ids as numbers; a term with a field
 * that the list does not know is left out, as with `title` here.
 */
import { compare, instant, kinds, type Node, type Row, Scanner, textReader } from './reader.ts';

interface Condition {
  readonly field: string;
  readonly op: string;
  readonly value: string;
  readonly isPrefix: boolean;
}

function parse(source: string): Node<Condition> {
  if (source === '') return { kind: 'and', args: [] };
  const scanner = new Scanner(source);
  const node = row();
  scanner.end();
  return node;

  function row(): Node<Condition> {
    const args = [term()];
    const connectives = new Set<string>();
    for (let word = scanner.eat(/AND\b|OR\b/); word !== null; word = scanner.eat(/AND\b|OR\b/)) {
      connectives.add(word[0]);
      args.push(term());
    }
    if (connectives.size > 1) throw new Error('AND beside OR without brackets');
    return { kind: connectives.has('OR') ? 'or' : 'and', args };
  }
  function term(): Node<Condition> {
    if (scanner.eat(/\(/)) {
      const inner = row();
      scanner.need(/\)/);
      return inner;
    }
    const [, field = '', op = ''] = scanner.need(/([a-z_]+):(<=|>=|<|>|)/);
    const quoted = scanner.eat(/'((?:[^'\\]|\\[\s\S])*)'/, true);
    const value =
      quoted === null ? scanner.need(/[^\s:()\\'*]+/, true)[0] : (quoted[1] ?? '').replace(/\\([\s\S])/g, '$1');
    const isPrefix = scanner.eat(/\*/, true) !== null;
    return { kind: 'leaf', leaf: { field, op: op || '=', value, isPrefix } };
  }
}

/** Without the terms that nobody knows; null when none is left. */
function known(node: Node<Condition>): Node<Condition> | null {
  if (node.kind === 'leaf') return node.leaf.field === 'title' ? null : node;
  if (node.kind === 'not') throw new Error('no NOT');
  const args = node.args.flatMap((arg) => known(arg) ?? []);
  return args.length === 0 && node.args.length > 0 ? null : { ...node, args };
}

export const reader = textReader((source) => known(parse(source)) ?? { kind: 'and', args: [] }, truth);

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function truth({ field, op, value, isPrefix }: Condition, row: Row): boolean {
  const stored = row[field] ?? null;
  if (stored === null) return false;
  switch (kinds[field]) {
    case 'number':
      return compare(op, Number(stored), Number(value));
    case 'time':
      return compare(op, Number(stored), instant(value));
    case 'boolean':
      return String(stored) === value;
    default:
      break;
  }
  if (field === 'id') return Number(stored) === Number(value);
  const own = words(String(stored));
  const asked = words(value);
  if (asked.length === 0) return false;
  const [first = ''] = asked;
  if (isPrefix) return own.some((word) => word.startsWith(first));
  return own.some((_, at) => asked.every((word, offset) => own[at + offset] === word));
}
