import { refuse } from '../answers.ts';
import type { Comparator, Criterion, SortRule, Statement, Value } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';

const comparators: Readonly<Record<string, Comparator>> = {
  '"="': '=', '"<"': '<', '">"': '>', '"<="': '<=', '">="': '>=', '"like"': 'LIKE', '"in"': 'IN',
}; // biome-ignore format: one line per thought

const values = ['"false"', '"true"', '<NUMBER>', '<STRING>'];
const paging = ['"startposition"', '"maxresults"'];
const sorting = ['"order"', '"orderby"', ...paging];

/**
 * Parses a statement of the vendor's query language: a list of conditions that all must hold, with no OR, NOT, `!=` or parentheses.
 * Refuses with 4000 the first token that cannot stand where it does, and says which could.
 */
export function parseStatement(source: string): Statement {
  return new Parser(tokenize(source)).statement();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  statement(): Statement {
    this.#expect('"select"');
    const { isCount, properties } = this.#selection();
    this.#expect('"from"');
    const entity = this.#expect('<IDENTIFIER>').value;
    const criteria = this.#take('"where"') ? this.#criteria() : [];
    const orderBy = this.#orderBy();
    const startPosition = this.#take('"startposition"') ? this.#number() : undefined;
    const maxResults = this.#take('"maxresults"') ? this.#number() : undefined;
    if (this.#peek().kind !== '<EOF>') {
      this.#unexpected(['<EOF>', ...this.#continuations(criteria, orderBy, startPosition, maxResults)]);
    }
    return { isCount, properties, entity, criteria, orderBy, startPosition, maxResults };
  }

  /** What could have gone on after what was read. */
  #continuations(
    criteria: readonly Criterion[],
    orderBy: readonly SortRule[],
    startPosition: number | undefined,
    maxResults: number | undefined,
  ): readonly string[] {
    if (maxResults !== undefined) return ['"iterator"'];
    if (startPosition !== undefined) return ['"iterator"', '"maxresults"'];
    if (orderBy.length > 0) return ['","', '"asc"', '"desc"', ...paging];
    return criteria.length > 0 ? ['<AND>', '"iterator"', ...sorting] : ['"where"', '"iterator"', ...sorting];
  }

  #selection(): { readonly isCount: boolean; readonly properties: readonly string[] } {
    if (this.#take('"*"')) return { isCount: false, properties: [] };
    if (this.#take('"count"')) {
      for (const kind of ['"("', '"*"', '")"']) this.#expect(kind);
      return { isCount: true, properties: [] };
    }
    if (this.#peek().kind !== '<IDENTIFIER>') this.#unexpected(['"*"', '"count"', '<IDENTIFIER>']);
    return { isCount: false, properties: this.#list(() => this.#expect('<IDENTIFIER>').value) };
  }

  #criteria(): readonly Criterion[] {
    const criteria = [this.#criterion()];
    while (this.#take('<AND>')) criteria.push(this.#criterion());
    return criteria;
  }

  #criterion(): Criterion {
    const property = this.#expect('<IDENTIFIER>').value;
    const comparator = comparators[this.#peek().kind] ?? this.#unexpected(Object.keys(comparators));
    this.#next += 1;
    if (comparator !== 'IN') return { property, comparator, values: [this.#value(comparator)] };
    this.#expect('"("');
    const listed = this.#list(() => this.#value(comparator));
    this.#expect('")"');
    return { property, comparator, values: listed };
  }

  #value(comparator: Comparator): Value {
    const { kind, value } = this.#peek();
    if (kind !== '<STRING>' && comparator === 'LIKE') this.#unexpected(['<STRING>']);
    if (!values.includes(kind)) this.#unexpected(values);
    this.#next += 1;
    if (kind === '<STRING>') return { kind: 'text', text: value };
    return kind === '<NUMBER>'
      ? { kind: 'number', value: Number(value) }
      : { kind: 'boolean', value: kind === '"true"' };
  }

  #orderBy(): readonly SortRule[] {
    if (this.#take('"order"')) this.#expect('"by"');
    else if (!this.#take('"orderby"')) return [];
    return this.#list(() => {
      const property = this.#expect('<IDENTIFIER>').value;
      const descending = this.#take('"desc"');
      if (!descending) this.#take('"asc"');
      return { property, descending };
    });
  }

  #number(): number {
    return Number(this.#expect('<NUMBER>').value);
  }

  #list<T>(one: () => T): readonly T[] {
    const items = [one()];
    while (this.#take('","')) items.push(one());
    return items;
  }

  #expect(kind: string): Token {
    const token = this.#peek();
    if (token.kind !== kind) return this.#unexpected([kind]);
    this.#next += 1;
    return token;
  }

  #take(kind: string): boolean {
    const taken = this.#peek().kind === kind;
    if (taken) this.#next += 1;
    return taken;
  }

  #peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw new RangeError('no tokens');
    return token;
  }

  #unexpected(expected: readonly string[]): never {
    const { kind, text, place } = this.#peek();
    const found = kind === '<EOF>' ? '"<EOF>"' : `" ${kind} "${text} ""`;
    const [only, ...more] = expected;
    const wanted =
      more.length === 0
        ? `Was expecting:\n    ${only} ...\n    `
        : `Was expecting one of:\n${expected.map((one) => `    ${one} ${one === '<EOF>' ? '' : '...'}\n`).join('')}    `;
    return refuse(
      '4000',
      'Error parsing query',
      `QueryParserError: Encountered ${found} at line ${place.line}, column ${place.column}.\n${wanted}`,
    );
  }
}
