import { refuseQuery } from '../answers.ts';
import type { Comparison, CrmArguments, Filter, Literal, Path, SortRule, TextTest } from './ast.ts';
import { refuseSyntax, type Token, tokenize } from './lexer.ts';

const crmPrefix = 'Microsoft.Dynamics.CRM.';
const textTests: readonly TextTest[] = ['contains', 'startswith', 'endswith'];
const comparisons: readonly Comparison[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** Expressions may nest this deep; deeper ones are refused before they can exhaust the stack. */
const maxDepth = 100;

/** Parses a $filter; refuses in the vendor's words what is no expression, and functions that the vendor has not. */
export function parseFilter(source: string): Filter {
  const parser = new Parser(source);
  const filter = parser.or();
  parser.expectEnd();
  return filter;
}

/** Parses an $orderby: columns parted by commas, each with `asc` or `desc` behind it or neither. */
export function parseOrderBy(source: string): readonly SortRule[] {
  return new Parser(source).sortRules();
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  or(): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#unary()));
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') this.#unexpected();
  }

  sortRules(): readonly SortRule[] {
    const rules: SortRule[] = [];
    do {
      const path = this.#path();
      const descending = this.#takeWord('desc');
      if (!descending) this.#takeWord('asc');
      rules.push({ path, descending });
    } while (this.#takeSign(','));
    this.expectEnd();
    return rules;
  }

  #chain(kind: 'and' | 'or', part: () => Filter): Filter {
    const first = part();
    const parts = [first];
    while (this.#takeWord(kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #unary(): Filter {
    this.#depth += 1;
    if (this.#depth > maxDepth) refuseQuery('Recursion depth exceeded allowed limit.');
    const filter = this.#takeWord('not') ? ({ kind: 'not', part: this.#unary() } as const) : this.#primary();
    this.#depth -= 1;
    return filter;
  }

  #primary(): Filter {
    if (this.#takeSign('(')) {
      const filter = this.or();
      this.#sign(')');
      return filter;
    }
    const word = this.#word();
    if (this.#isSign('(')) return this.#call(word);
    return this.#compare(word.split('/'));
  }

  #compare(left: Path): Filter {
    const token = this.#take();
    const operator = comparisons.find((name) => token.kind === 'word' && token.text === name);
    if (operator === undefined) return refuseSyntax(this.#source, token.position);
    return { kind: 'compare', operator, left, right: this.#operand() };
  }

  #operand(): Literal | { readonly kind: 'path'; readonly path: Path } {
    const token = this.#peek();
    if (token.kind === 'literal') {
      this.#next += 1;
      return token.literal;
    }
    const word = this.#word();
    if (this.#isSign('(') || this.#peek().kind === 'literal') return this.#unexpected();
    if (word === 'null') return { kind: 'null' };
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
    return { kind: 'path', path: word.split('/') };
  }

  #call(name: string): Filter {
    this.#sign('(');
    const test = textTests.find((one) => one === name);
    if (test !== undefined) return this.#textTest(test);
    if (name.startsWith(crmPrefix)) {
      const given = this.#crmArguments();
      return { kind: 'crm', name: name.slice(crmPrefix.length), given };
    }
    const steps = name.split('/');
    const last = steps.at(-1);
    if (steps.length > 1 && (last === 'any' || last === 'all')) return this.#lambda(last, steps.slice(0, -1));
    return refuseQuery(
      `An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  }

  #textTest(test: TextTest): Filter {
    const path = this.#path();
    this.#sign(',');
    const token = this.#take();
    if (token.kind !== 'literal' || token.literal.kind !== 'string') {
      return refuseQuery(`No function signature for the function with name '${test}' matches the specified arguments.`);
    }
    this.#sign(')');
    return { kind: 'text', test, path, text: token.literal.text };
  }

  #crmArguments(): CrmArguments {
    let property: Path | undefined;
    let values: readonly string[] = [];
    if (!this.#isSign(')')) {
      do {
        const name = this.#word();
        this.#sign('=');
        if (name === 'PropertyName') property = this.#text().split('/');
        else if (name === 'PropertyValue') values = [this.#text()];
        else if (name === 'PropertyValues') values = this.#texts();
        else refuseSyntax(this.#source, this.#peek().position);
      } while (this.#takeSign(','));
    }
    this.#sign(')');
    return { property: property ?? refuseQuery('PropertyName is missing.'), values };
  }

  /** A single argument: a string in single quotes, or a bare number or time. */
  #text(): string {
    const token = this.#take();
    if (token.kind !== 'literal') return refuseSyntax(this.#source, token.position);
    return token.literal.kind === 'string' ? token.literal.text : token.text;
  }

  #texts(): readonly string[] {
    this.#sign('[');
    const texts: string[] = [];
    while (!this.#takeSign(']')) {
      if (texts.length > 0) this.#sign(',');
      const token = this.#take();
      // Elements are JSON: a string in single quotes is none.
      if (token.kind === 'json') texts.push(token.value);
      else if (token.kind === 'literal' && token.literal.kind === 'number') texts.push(token.text);
      else refuseSyntax(this.#source, token.position);
    }
    return texts;
  }

  #lambda(kind: 'any' | 'all', collection: Path): Filter {
    if (kind === 'any' && this.#takeSign(')')) return { kind, collection, variable: '', part: undefined };
    const variable = this.#word();
    this.#sign(':');
    const part = this.or();
    this.#sign(')');
    return { kind, collection, variable, part };
  }

  #path = (): Path => this.#word().split('/');

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', position: this.#source.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #word(): string {
    const token = this.#take();
    return token.kind === 'word' ? token.text : refuseSyntax(this.#source, token.position);
  }

  #takeWord(text: string): boolean {
    const token = this.#peek();
    const isThere = token.kind === 'word' && token.text === text;
    if (isThere) this.#next += 1;
    return isThere;
  }

  #isSign(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'sign' && token.text === text;
  }

  #takeSign(text: string): boolean {
    const isThere = this.#isSign(text);
    if (isThere) this.#next += 1;
    return isThere;
  }

  #sign(text: string): void {
    if (!this.#takeSign(text)) this.#unexpected();
  }

  #unexpected(): never {
    return refuseSyntax(this.#source, this.#peek().position);
  }
}
