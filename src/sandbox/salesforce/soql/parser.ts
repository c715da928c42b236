import type { Condition, Literal, Name, Operator, SelectItem, SoqlQuery, SortRule } from './ast.ts';
import { isDateLiteral } from './date-literal.ts';
import { type Token, tokenize } from './lexer.ts';
import { refuseAt } from './refuse.ts';

const keywords = new Set([
  'SELECT', 'FROM', 'WHERE', 'AND', 'OR', 'NOT', 'LIKE', 'IN', 'INCLUDES', 'EXCLUDES', 'ORDER', 'BY', 'LIMIT', 'OFFSET', 'GROUP',
  'HAVING', 'USING', 'WITH', 'FOR', 'NULLS', 'ASC', 'DESC', 'ALL', 'UPDATE',
]); // biome-ignore format: a list to read, not to scan

/** Clauses of the vendor's language that the sandbox knows and does not simulate; it says so rather than answer wrongly. */
const unsupported = new Set(['GROUP', 'HAVING', 'USING', 'WITH', 'TYPEOF']);

/** Statements may nest parentheses this deep; deeper ones are refused before they can exhaust the stack. */
const maxDepth = 100;

/**
 * Parses a SOQL statement. Refuses with MALFORMED_QUERY at the place of the first token that cannot stand there; AND mixed with OR
 * and a NOT after AND or OR need parentheses, as at the vendor.
 */
export function parseSoql(source: string): SoqlQuery {
  const parser = new Parser(source);
  const query = parser.query();
  parser.expectEnd();
  return query;
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

  query(): SoqlQuery {
    this.#keyword('SELECT');
    const select = this.#list(() => this.#selectItem());
    this.#keyword('FROM');
    const from = this.#name();
    const alias = this.#peek().kind === 'word' && !keywords.has(this.#word()) ? this.#name().text : undefined;
    const where = this.#take('WHERE') ? this.#condition() : undefined;
    const orderBy = this.#take('ORDER') ? this.#orderBy() : [];
    const limit = this.#take('LIMIT') ? this.#wholeNumber() : undefined;
    const offset = this.#take('OFFSET') ? this.#wholeNumber() : undefined;
    if (this.#take('FOR')) this.#name();
    return { select, from, alias, where, orderBy, limit, offset };
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') this.#unexpected();
  }

  #selectItem(): SelectItem {
    const { text, position } = this.#peek();
    if (text === '(') return this.#refuse('the sandbox does not simulate child subqueries');
    const path = this.#name();
    if (!this.#takeSign('(')) return { kind: 'field', path };
    const name = path.text.toUpperCase();
    if (name === 'COUNT' && this.#takeSign(')')) return { kind: 'count', position };
    if (name === 'FIELDS') {
      const group = this.#word();
      if (group !== 'ALL' && group !== 'STANDARD' && group !== 'CUSTOM') return this.#unexpected();
      this.#next += 1;
      this.#sign(')');
      return { kind: 'fields', group, position };
    }
    return refuseAt(this.#source, position, 'MALFORMED_QUERY', `the sandbox does not simulate the function ${text}`);
  }

  #condition(): Condition {
    if (this.#take('NOT')) {
      const negated: Condition = { kind: 'not', part: this.#primary() };
      if (['AND', 'OR'].includes(this.#word())) this.#unexpected();
      return negated;
    }
    const first = this.#primary();
    const joint = this.#word();
    if (joint !== 'AND' && joint !== 'OR') return first;
    const parts = [first];
    while (this.#take(joint)) parts.push(this.#primary());
    if (['AND', 'OR'].includes(this.#word())) this.#unexpected();
    return { kind: joint === 'AND' ? 'and' : 'or', parts };
  }

  #primary(): Condition {
    if (!this.#takeSign('(')) return this.#comparison();
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#refuse('the statement nests too deep');
    const inner = this.#condition();
    this.#depth -= 1;
    this.#sign(')');
    return inner;
  }

  #comparison(): Condition {
    const path = this.#name();
    const operator = this.#operator();
    if (operator === 'IN' || operator === 'NOT IN') return this.#membership(path, operator);
    if (operator === 'INCLUDES' || operator === 'EXCLUDES')
      return { kind: 'compare', path, operator, values: this.#literals() };
    return { kind: 'compare', path, operator, values: [this.#literal()] };
  }

  #membership(path: Name, operator: 'IN' | 'NOT IN'): Condition {
    const opening = this.#next;
    this.#sign('(');
    if (this.#word() === 'SELECT') {
      const query = this.query();
      this.#sign(')');
      return { kind: 'semiJoin', path, negated: operator === 'NOT IN', query };
    }
    this.#next = opening;
    return { kind: 'compare', path, operator, values: this.#literals() };
  }

  #operator(): Operator {
    const token = this.#peek();
    const word = this.#word();
    this.#next += 1;
    if (token.kind === 'sign') {
      if (token.text === '<>') return '!=';
      if (token.text === '=' || token.text === '!=' || token.text === '<' || token.text === '<=') return token.text;
      if (token.text === '>' || token.text === '>=') return token.text;
    }
    if (word === 'LIKE' || word === 'IN' || word === 'INCLUDES' || word === 'EXCLUDES') return word;
    if (word === 'NOT' && this.#take('IN')) return 'NOT IN';
    this.#next -= 1;
    return this.#unexpected();
  }

  #literals(): readonly Literal[] {
    this.#sign('(');
    const values = this.#list(() => this.#literal());
    this.#sign(')');
    return values;
  }

  #literal(): Literal {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === 'literal') return token.literal;
    if (token.kind === 'word') {
      const word = token.text.toUpperCase();
      if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
      if (word === 'NULL') return { kind: 'null' };
      const [name = '', count] = word.split(':');
      if (isDateLiteral(name, count !== undefined)) {
        return { kind: 'dateLiteral', name, count: count === undefined ? undefined : Number(count) };
      }
    }
    this.#next -= 1;
    return this.#unexpected();
  }

  #orderBy(): readonly SortRule[] {
    this.#keyword('BY');
    return this.#list(() => {
      const path = this.#name();
      const descending = this.#take('DESC');
      if (!descending) this.#take('ASC');
      const nulls = this.#take('NULLS');
      const nullsLast = nulls && this.#take('LAST');
      if (nulls && !nullsLast) this.#keyword('FIRST');
      return { path, descending, nullsLast };
    });
  }

  #wholeNumber(): number {
    const token = this.#peek();
    const value = token.kind === 'literal' && token.literal.kind === 'number' ? token.literal.value : -1;
    if (!Number.isInteger(value) || value < 0) return this.#unexpected();
    this.#next += 1;
    return value;
  }

  #list<T>(one: () => T): readonly T[] {
    const items = [one()];
    while (this.#takeSign(',')) items.push(one());
    return items;
  }

  #name(): Name {
    const token = this.#peek();
    if (token.kind !== 'word' || keywords.has(token.text.toUpperCase())) return this.#unexpected();
    this.#next += 1;
    return { text: token.text, position: token.position };
  }

  #keyword(word: string): void {
    if (!this.#take(word)) this.#unexpected();
  }

  #take(word: string): boolean {
    const taken = this.#word() === word;
    if (taken) this.#next += 1;
    return taken;
  }

  #sign(text: string): void {
    if (!this.#takeSign(text)) this.#unexpected();
  }

  #takeSign(text: string): boolean {
    const token = this.#peek();
    const taken = token.kind === 'sign' && token.text === text;
    if (taken) this.#next += 1;
    return taken;
  }

  /** The next token as a keyword; empty when it is no word. */
  #word(): string {
    const token = this.#peek();
    return token.kind === 'word' ? token.text.toUpperCase() : '';
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '<EOF>', position: this.#source.length };
  }

  #unexpected(): never {
    const { text } = this.#peek();
    if (unsupported.has(this.#word())) return this.#refuse(`the sandbox does not simulate ${this.#word()}`);
    return this.#refuse(`unexpected token: '${text}'`);
  }

  #refuse(reason: string): never {
    return refuseAt(this.#source, this.#peek().position, 'MALFORMED_QUERY', reason);
  }
}
