/** The grammar of the where language, as a parser that builds the tree while it reads. */
import './object-group-by.ts';
import { EmbeddedActionsParser, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { CompareOperator, Expr, FieldRef, Value } from './ast.ts';
import { endOf, readField, readValue } from './read-token.ts';
import * as T from './tokens.ts';

const operators = new Map<TokenType, CompareOperator>([
  [T.Equal, '='],
  [T.Unequal, '!='],
  [T.AtMost, '<='],
  [T.AtLeast, '>='],
  [T.Less, '<'],
  [T.More, '>'],
]);

const nothing: Expr = { kind: 'or', args: [], span: { start: 0, end: 0 } };

export interface GrammarOptions {
  /** Go on after a mistake, to find the others. Such a parser builds no tree. */
  readonly recover: boolean;
}

type Alternatives = { ALT: () => Expr }[];

export class WhereGrammar extends EmbeddedActionsParser {
  /** What was read that has a clearer spelling; the caller empties it. */
  hints: Diagnostic[] = [];
  /** False while chevrotain records the grammar, and where there may be holes in it. */
  private readonly builds: boolean;
  private field: FieldRef = { name: '', span: nothing.span };
  private conditions: Alternatives | undefined;
  private tests: Alternatives | undefined;
  private negatables: Alternatives | undefined;
  private negated = false;

  constructor(options: GrammarOptions) {
    super([...T.tokenTypes], {
      recoveryEnabled: options.recover,
      maxLookahead: 2,
      errorMessageProvider: expectedNames,
    });
    this.builds = false;
    this.performSelfAnalysis();
    this.builds = !options.recover;
  }

  /** disjunction = conjunction { "OR" conjunction } */
  readonly disjunction = this.RULE('disjunction', (): Expr => {
    const first = this.SUBRULE(this.conjunction);
    let args: Expr[] | undefined;
    this.MANY(() => {
      this.CONSUME(T.Or);
      const next = this.SUBRULE2(this.conjunction);
      if (args === undefined) args = [first, next];
      else args.push(next);
    });
    return args === undefined || !this.builds ? first : chain('or', args);
  });

  readonly conjunction = this.RULE('conjunction', (): Expr => {
    const first = this.SUBRULE(this.condition);
    let args: Expr[] | undefined;
    this.MANY(() => {
      this.CONSUME(T.And);
      const next = this.SUBRULE2(this.condition);
      if (args === undefined) args = [first, next];
      else args.push(next);
    });
    return args === undefined || !this.builds ? first : chain('and', args);
  });

  readonly condition = this.RULE('condition', (): Expr => {
    let nots: IToken[] | undefined;
    this.MANY(() => {
      const not = this.CONSUME(T.Not);
      if (nots === undefined) nots = [not];
      else nots.push(not);
    });
    this.conditions ??= [
      { ALT: () => this.SUBRULE(this.predicate) },
      {
        ALT: () => {
          this.CONSUME(T.Open);
          const inner = this.SUBRULE(this.disjunction);
          this.CONSUME(T.Close);
          return inner;
        },
      },
    ];
    const positive = this.OR(this.conditions);
    if (nots === undefined || !this.builds) return positive;
    return nots.reduceRight<Expr>(
      (arg, not) => ({ kind: 'not', arg, span: { start: not.startOffset, end: arg.span.end } }),
      positive,
    );
  });

  readonly predicate = this.RULE('predicate', (): Expr => {
    const name = this.CONSUME(T.Field);
    if (this.builds) this.field = readField(name, this.hints);
    this.tests ??= [{ ALT: () => this.comparison() }, { ALT: () => this.negatable() }, { ALT: () => this.nullTest() }];
    return this.OR(this.tests);
  });

  // The rest of a predicate is inlined rather than given rules: a rule costs more than all that it does here.

  private comparison(): Expr {
    const operator = this.CONSUME(T.Comparison);
    const operand = this.CONSUME1(T.Value);
    if (!this.builds) return nothing;
    const field = this.field;
    return {
      kind: 'compare',
      field,
      op: operators.get(operator.tokenType) ?? '=',
      value: this.value(operand),
      span: { start: field.span.start, end: endOf(operand) },
    };
  }

  private negatable(): Expr {
    this.negated = false;
    this.OPTION1(() => {
      this.CONSUME1(T.Not);
      this.negated = true;
    });
    this.negatables ??= [
      { ALT: () => this.list() },
      { ALT: () => this.pattern() },
      { ALT: () => this.range() },
      { ALT: () => this.piece() },
    ];
    return this.OR1(this.negatables);
  }

  private list(): Expr {
    this.CONSUME(T.In);
    this.CONSUME(T.Open);
    const values: Value[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        const item = this.CONSUME2(T.Value);
        if (this.builds) values.push(this.value(item));
      },
    });
    const close = this.CONSUME(T.Close);
    if (!this.builds) return nothing;
    return { kind: 'in', field: this.field, negated: this.negated, values, span: this.spanTo(close) };
  }

  private pattern(): Expr {
    let caseless = false;
    this.OR2([
      { ALT: () => this.CONSUME(T.Like) },
      {
        ALT: () => {
          caseless = true;
          return this.CONSUME(T.Ilike);
        },
      },
    ]);
    const operand = this.CONSUME3(T.Value);
    if (!this.builds) return nothing;
    return {
      kind: 'like',
      field: this.field,
      negated: this.negated,
      caseless,
      pattern: this.value(operand),
      span: this.spanTo(operand),
    };
  }

  private range(): Expr {
    this.CONSUME(T.Between);
    const low = this.CONSUME4(T.Value);
    this.CONSUME(T.And);
    const high = this.CONSUME5(T.Value);
    if (!this.builds) return nothing;
    return {
      kind: 'between',
      field: this.field,
      negated: this.negated,
      low: this.value(low),
      high: this.value(high),
      span: this.spanTo(high),
    };
  }

  private piece(): Expr {
    let op: 'contains' | 'starts with' | 'ends with' = 'contains';
    this.OR3([
      { ALT: () => this.CONSUME(T.Contains) },
      {
        ALT: () => {
          this.CONSUME(T.Starts);
          op = 'starts with';
          return this.CONSUME1(T.With);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Ends);
          op = 'ends with';
          return this.CONSUME2(T.With);
        },
      },
    ]);
    const operand = this.CONSUME6(T.Value);
    if (!this.builds) return nothing;
    return {
      kind: 'match',
      field: this.field,
      op,
      negated: this.negated,
      value: this.value(operand),
      span: this.spanTo(operand),
    };
  }

  private nullTest(): Expr {
    let negated = false;
    this.CONSUME(T.Is);
    this.OPTION2(() => {
      this.CONSUME2(T.Not);
      negated = true;
    });
    const end = this.CONSUME(T.Null);
    if (!this.builds) return nothing;
    return { kind: 'null', field: this.field, negated, span: this.spanTo(end) };
  }

  private value(token: IToken): Value {
    return readValue(token, this.hints);
  }

  private spanTo(last: IToken): { start: number; end: number } {
    return { start: this.field.span.start, end: endOf(last) };
  }
}

function chain(kind: 'and' | 'or', args: readonly Expr[]): Expr {
  const first = args[0] ?? nothing;
  const last = args[args.length - 1] ?? nothing;
  return { kind, args, span: { start: first.span.start, end: last.span.end } };
}

/** Chevrotain’s messages are for grammar authors; `explain` writes ours, and needs to know only what was expected. */
const expectedNames = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }): string => expected.name,
  buildNotAllInputParsedMessage: (): string => 'EOF',
  buildNoViableAltMessage: (): string => 'alternative',
  buildEarlyExitMessage: (): string => 'Value',
};
