/** Conditions in the manner of SQL, as four vendors read them; each says what its literals and operators are. */
import { type Node, Scanner } from './reader.ts';

export interface Literal {
  readonly kind: 'text' | 'number' | 'boolean' | 'null' | 'time' | 'day';
  /** As written; for text what stands between the quotes. */
  readonly raw: string;
}

export interface Condition {
  readonly field: string;
  /** In capitals. */
  readonly op: string;
  readonly values: readonly Literal[];
}

export interface Grammar {
  /** A text literal with its quotes; group 1 is what stands between them. */
  readonly text: RegExp;
  readonly others: readonly (readonly [Literal['kind'], RegExp])[];
  /** Symbols and words between field and value, longest first. */
  readonly operators: RegExp;
  /** Behind the value of LIKE. */
  readonly afterLike?: RegExp;
  readonly hasOr: boolean;
  readonly hasNot: boolean;
}

export function parseSql(source: string, grammar: Grammar): Node<Condition> {
  const scanner = new Scanner(source);
  const node = disjunction();
  scanner.end();
  return node;

  function disjunction(): Node<Condition> {
    const first = conjunction();
    const args = [first.node];
    while (scanner.eat(/OR\b/i)) {
      if (!grammar.hasOr) throw new Error('the vendor has no OR');
      const next = conjunction();
      if (next.isChain || first.isChain) throw new Error('the vendor refuses AND beside OR without brackets');
      args.push(next.node);
    }
    return args.length === 1 ? first.node : { kind: 'or', args };
  }
  function conjunction(): { node: Node<Condition>; isChain: boolean } {
    const args = [term()];
    while (scanner.eat(/AND\b/i)) args.push(term());
    const [only] = args;
    return args.length === 1 && only !== undefined
      ? { node: only, isChain: false }
      : { node: { kind: 'and', args }, isChain: true };
  }
  function term(): Node<Condition> {
    if (grammar.hasNot && scanner.eat(/NOT\b/i)) return { kind: 'not', arg: term() };
    if (grammar.hasOr && scanner.eat(/\(/)) {
      const inner = disjunction();
      scanner.need(/\)/);
      return inner;
    }
    return { kind: 'leaf', leaf: condition() };
  }
  function condition(): Condition {
    const field = scanner.need(/[A-Za-z_][A-Za-z0-9_.]*/)[0];
    const op = scanner.need(grammar.operators)[0].toUpperCase().replace(/ +/g, ' ');
    if (/^IS /.test(op)) return { field, op, values: [] };
    if (/IN$/.test(op)) {
      scanner.need(/\(/);
      const values = [literal()];
      while (scanner.eat(/,/)) values.push(literal());
      scanner.need(/\)/);
      return { field, op, values };
    }
    if (/BETWEEN$/.test(op)) {
      const low = literal();
      scanner.need(/AND\b/i);
      return { field, op, values: [low, literal()] };
    }
    const values = [literal()];
    if (op === 'LIKE' && grammar.afterLike !== undefined) scanner.need(grammar.afterLike);
    return { field, op, values };
  }
  function literal(): Literal {
    const text = scanner.eat(grammar.text);
    if (text !== null) return { kind: 'text', raw: text[1] ?? '' };
    for (const [kind, pattern] of grammar.others) {
      const found = scanner.eat(pattern);
      if (found !== null) return { kind, raw: found[1] ?? found[0] };
    }
    throw new Error(`the vendor finds no value in ${source}`);
  }
}
