/** The place where the parser stopped, and what stands around it. */
import type { IToken, TokenType } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { syntax } from './diagnose-tokens.ts';
import { shorten } from './print.ts';
import { endOf, spanOf } from './read-token.ts';
import * as T from './tokens.ts';

export const comparisons: ReadonlySet<TokenType> = new Set([T.Equal, T.Unequal, T.AtMost, T.AtLeast, T.Less, T.More]);
export const wordOperators: ReadonlySet<TokenType> = new Set([
  T.In,
  T.Like,
  T.Ilike,
  T.Between,
  T.Contains,
  T.Starts,
  T.Ends,
  T.Is,
]);
export const joints: ReadonlySet<TokenType> = new Set([T.And, T.Or]);
export const literals: ReadonlySet<TokenType> = new Set([
  T.Text,
  T.DoubleQuoted,
  T.Numeral,
  T.Instant,
  T.LocalTime,
  T.Day,
  T.Parameter,
  T.Now,
  T.True,
  T.False,
]);
/** Words that begin what other languages write beside conditions. */
export const otherClauses = /^(order|sort|limit|offset|group|having|select|from|where|page|if|when|then)$/i;
export const nameTokens: ReadonlySet<TokenType> = new Set([T.Word, T.Backticked]);

export class Around {
  readonly before: IToken | undefined;
  readonly found: IToken | undefined;
  readonly after: IToken | undefined;

  constructor(
    readonly tokens: readonly IToken[],
    readonly index: number,
  ) {
    this.before = tokens[index - 1];
    this.found = tokens[index];
    this.after = tokens[index + 1];
  }

  /** The token behind `after`. */
  second(): IToken | undefined {
    return this.tokens[this.index + 2];
  }

  /** The place one token before. */
  back(): Around {
    return new Around(this.tokens, this.index - 1);
  }

  endsHere(): boolean {
    const { found } = this;
    return found === undefined || joints.has(found.tokenType) || found.tokenType === T.Close;
  }

  /** The operator of the predicate that is being read. */
  operator(): string {
    const operator = this.tokens.slice(0, this.index).findLast((token) => isOperator(token));
    if (operator?.tokenType === T.Starts || operator?.tokenType === T.Ends)
      return `${operator.image.toUpperCase()} WITH`;
    return operator === undefined ? '=' : operator.image.toUpperCase();
  }

  /** `NOT ` where it stands before the operator of the predicate that is being read, else nothing. */
  denial(): string {
    const at = this.tokens.slice(0, this.index).findLastIndex((token) => isOperator(token));
    return at > 0 && this.tokens[at - 1]?.tokenType === T.Not ? 'NOT ' : '';
  }

  /** The field of the predicate that is being read. */
  field(): string {
    let at = this.tokens.slice(0, this.index).findLastIndex((token) => isOperator(token)) - 1;
    if (this.tokens[at]?.tokenType === T.Not) at--;
    return at < 0 ? 'field' : show(this.tokens[at]);
  }

  /** The innermost parenthesis that is still open here. */
  openIndex(): number {
    let closed = 0;
    return this.tokens.slice(0, this.index).findLastIndex((token) => {
      if (token.tokenType === T.Close) closed++;
      return token.tokenType === T.Open && closed-- === 0;
    });
  }

  /** The run of words around here, which was probably meant as one text. */
  words(): string {
    const isPart = (token: IToken | undefined): boolean =>
      token !== undefined &&
      (nameTokens.has(token.tokenType) || token.tokenType === T.Loose || token.tokenType === T.Numeral);
    let end = this.index;
    while (isPart(this.tokens[end + 1]) && !isOperator(this.tokens[end + 2])) end++;
    return shorten(
      this.tokens
        .slice(this.index - 1, end + 1)
        .map((token) => token.image)
        .join(' '),
    );
  }

  /** The span covers `from` to `to`, which are where the parser stopped unless told. */
  say(message: string, help: string, from: IToken | undefined = this.found, to: IToken | undefined = from): Diagnostic {
    if (from === undefined || to === undefined) {
      const end = this.before === undefined ? 0 : endOf(this.before);
      return syntax(message, help, { start: end, end });
    }
    return syntax(message, help, { start: from.startOffset, end: spanOf(to).end });
  }
}

export function isOperator(token: IToken | undefined): boolean {
  return token !== undefined && (comparisons.has(token.tokenType) || wordOperators.has(token.tokenType));
}

/** A token as messages name it. */
export function show(token: IToken | undefined): string {
  if (token === undefined) return 'the end';
  const isKeyword = T.keywordTypes.get(token.image.toUpperCase()) === token.tokenType;
  return isKeyword ? token.image.toUpperCase() : shorten(token.image);
}
