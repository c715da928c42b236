import type { Search, Value } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';

/** Searches may nest parentheses this deep; deeper ones are refused before they can exhaust the stack. */
const maxDepth = 100;

/** Thrown for the one thing that is not taken: nesting without end. */
export class TooDeep extends Error {}

/**
 * Parses a search by the vendor's grammar (shopify.dev, "API search syntax"):
 * `Query = Term {[Connective] Term}`, `Term = ["-" | "NOT "] ("(" Query ")" | [name Comparator] value)`.
 * AND binds tighter than OR, and stands where no connective does. What cannot stand where it stands is skipped, as at the vendor:
 * `created_at:>2026-11-20T10:45:00Z` is read as `created_at:>2026-11-20T10` and a field named `45`. Undefined when nothing is left.
 */
export function parseSearch(source: string): Search | undefined {
  return new Parser(tokenize(source)).query();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The whole text: a closing parenthesis without its opening one is skipped. */
  query(): Search | undefined {
    const parts: Search[] = [];
    while (this.#peek().kind !== 'end') {
      const part = this.#or();
      if (part !== undefined) parts.push(part);
      if (this.#peek().kind === 'close') this.#next += 1;
    }
    return join('and', parts);
  }

  #or(): Search | undefined {
    const parts: Search[] = [];
    do {
      const part = this.#and();
      if (part !== undefined) parts.push(part);
    } while (this.#takeWord('OR'));
    return join('or', parts);
  }

  #and(): Search | undefined {
    const parts: Search[] = [];
    while (!this.#isWord('OR') && this.#peek().kind !== 'end' && this.#peek().kind !== 'close') {
      const part = this.#takeWord('AND') ? undefined : this.#term();
      if (part !== undefined) parts.push(part);
    }
    return join('and', parts);
  }

  #term(): Search | undefined {
    let isNegated = false;
    while (this.#peek().kind === 'minus' || this.#isWord('NOT')) {
      this.#next += 1;
      isNegated = !isNegated;
    }
    const part = this.#bareTerm();
    return part === undefined || !isNegated ? part : { kind: 'not', part };
  }

  #bareTerm(): Search | undefined {
    const token = this.#peek();
    if (token.kind === 'end' || token.kind === 'close') return undefined;
    this.#next += 1;
    if (token.kind === 'open') return this.#group();
    if (token.kind !== 'value') return undefined;
    const compare = this.#peek();
    if (compare.kind !== 'comparator' || token.spaced || token.value.isQuoted) {
      return { kind: 'term', field: undefined, comparator: ':', value: token.value };
    }
    this.#next += 1;
    const value = this.#value();
    return { kind: 'term', field: token.value.text, comparator: compare.comparator, value };
  }

  #group(): Search | undefined {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new TooDeep(`more than ${maxDepth} parentheses are open at once`);
    const inner = this.#or();
    this.#depth -= 1;
    if (this.#peek().kind === 'close') this.#next += 1;
    return inner;
  }

  #value(): Value {
    const token = this.#peek();
    if (token.kind !== 'value') return { text: '', isQuoted: false, isPrefix: false };
    this.#next += 1;
    return token.value;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end' };
  }

  #isWord(name: 'AND' | 'OR' | 'NOT'): boolean {
    const token = this.#peek();
    return token.kind === 'value' && token.raw === name && token.spaced;
  }

  #takeWord(name: 'AND' | 'OR'): boolean {
    const isIt = this.#isWord(name);
    if (isIt) this.#next += 1;
    return isIt;
  }
}

function join(kind: 'and' | 'or', parts: readonly Search[]): Search | undefined {
  return parts.length > 1 ? { kind, parts } : parts[0];
}
