/**
 * Readers stand for vendors: each reads the native query by a parser of its own and answers as the vendor's
 * documentation says. They share nothing with src.
 */
import type { Native } from '../../../src/dialect/query.ts';

/** A record as the vendor stores it: times in epoch milliseconds with a fraction, days as text, null for no value. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Whether the vendor's answer to the query holds the row. @throws Error when the vendor would refuse the query. */
export type Reader = (native: Native, row: Row) => boolean;

/** null is unknown. */
export type Truth = boolean | null;

export type Node<L> =
  | { readonly kind: 'and' | 'or'; readonly args: readonly Node<L>[] }
  | { readonly kind: 'not'; readonly arg: Node<L> }
  | { readonly kind: 'leaf'; readonly leaf: L };

/** Kleene's logic over the leaves; vendors with two values answer no leaf with null. */
export function holds<L>(node: Node<L>, truth: (leaf: L) => Truth): Truth {
  if (node.kind === 'leaf') return truth(node.leaf);
  if (node.kind === 'not') {
    const inner = holds(node.arg, truth);
    return inner === null ? null : !inner;
  }
  const all = node.args.map((arg) => holds(arg, truth));
  const deciding = node.kind === 'or';
  return all.includes(deciding) ? deciding : all.includes(null) ? null : !deciding;
}

/** So many queries are kept parsed: the rows of one case ask for the same, and a long search for ever new ones. */
const MOST_KNOWN = 100;

/** A reader of text that parses each query once. */
export function textReader<L>(parse: (text: string) => Node<L>, truth: (leaf: L, row: Row) => Truth): Reader {
  const known = new Map<string, Node<L>>();
  return (native, row) => {
    if (native.kind !== 'text') throw new Error('no text');
    const node = known.get(native.text) ?? parse(native.text);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(native.text, node);
    return holds(node, (leaf) => truth(leaf, row)) === true;
  };
}

export class Scanner {
  private at = 0;
  constructor(private readonly text: string) {}

  /** The match at this place, after blanks, or null. */
  eat(pattern: RegExp, keepsBlanks = false): RegExpExecArray | null {
    if (!keepsBlanks) while (this.text[this.at] === ' ') this.at += 1;
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text);
    if (match !== null) this.at = sticky.lastIndex;
    return match;
  }

  need(pattern: RegExp, keepsBlanks = false): RegExpExecArray {
    const match = this.eat(pattern, keepsBlanks);
    if (match === null) throw new Error(`the vendor wants ${pattern} at ${this.at} of ${this.text}`);
    return match;
  }

  get isOver(): boolean {
    return this.at >= this.text.length;
  }

  end(): void {
    if (!this.isOver) throw new Error(`the vendor stops at ${this.at} of ${this.text}`);
  }
}

export function compare(op: string, a: string | number, b: string | number): boolean {
  switch (op) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`no comparison ${op}`);
  }
}

/**
 * SQL's LIKE over parts: texts, and the two wildcards. Without regard to case means ASCII's, which all vendors fold:
 * what the rest folds to depends on a locale that nobody shows.
 */
export type Part = { readonly text: string } | 'any' | 'one';

export function isLike(text: string, parts: readonly Part[], isCaseless: boolean): boolean {
  const source = parts
    .map((part) => (part === 'any' ? '[\\s\\S]*' : part === 'one' ? '[\\s\\S]' : literal(part.text, isCaseless)))
    .join('');
  return new RegExp(`^${source}$`, 'u').test(text);
}

function literal(text: string, isCaseless: boolean): string {
  const plain = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return isCaseless ? plain.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`) : plain;
}

export function sameCaseless(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Lower case letter by letter: what a letter becomes by those around it, or in several, is each vendor's own.
 */
export function letters(text: string): string {
  return [...text].map((one) => (one.toLowerCase().length === one.length ? one.toLowerCase() : one)).join('');
}

/** An id of a vendor whose ids are whole numbers. */
export function idNumber(text: string): number {
  if (!/^\d{1,19}$/.test(text)) throw new Error(`the vendor reads no id in ${text}`);
  return Number(text);
}

export function instant(text: string): number {
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new Error(`the vendor reads no time in ${text}`);
  return epochMs;
}

export const kinds: Readonly<Record<string, 'text' | 'number' | 'boolean' | 'time' | 'day'>> = {
  updated_at: 'time',
  seen_at: 'time',
  name: 'text',
  title: 'text',
  status: 'text',
  id: 'text',
  score: 'number',
  active: 'boolean',
  born: 'day',
};
