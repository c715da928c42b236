/**
 * Decides for each word whether it is a keyword or a name. The lexer cannot: `order`, `value` and even `not` are
 * honest field names. A word where a condition starts is a field when an operator follows it.
 */
import type { IToken, TokenType } from 'chevrotain';
import {
  And,
  AtLeast,
  AtMost,
  Backticked,
  Between,
  Close,
  Contains,
  DoubleQuoted,
  Ends,
  Equal,
  Ilike,
  In,
  Is,
  keywordTypes,
  Less,
  Like,
  More,
  Not,
  Open,
  Or,
  Starts,
  Text,
  Unequal,
  With,
  Word,
} from './tokens.ts';

const symbols = new Set<TokenType>([Equal, Unequal, AtMost, AtLeast, Less, More]);
const wordOperators = new Set<TokenType>([In, Like, Ilike, Between, Contains, Starts, Ends, Is, Not]);
/** Keywords the older language did not have: after a comparison they are plain words, as they were there. */
const softKeywords = new Set<TokenType>([Ilike, Between, Contains, Starts, Ends, With]);
const names = new Set<TokenType>([Text, DoubleQuoted, Backticked]);

/** By first letter, in capitals, the lengths that keywords have, as bits: it spares most names the look-up. */
const keywordLengths = new Uint16Array(128);
for (const keyword of keywordTypes.keys()) {
  const letter = keyword.charCodeAt(0);
  keywordLengths[letter] = (keywordLengths[letter] ?? 0) | (1 << keyword.length);
}
const ASCII_CAPITALS = ~0x20;

function keywordOf(token: IToken | undefined): TokenType | undefined {
  if (token === undefined || token.tokenType !== Word) return undefined;
  const { image } = token;
  const lengths = keywordLengths[image.charCodeAt(0) & ASCII_CAPITALS] ?? 0;
  if (image.length > 15 || (lengths & (1 << image.length)) === 0) return undefined;
  return keywordTypes.get(image) ?? keywordTypes.get(image.toUpperCase());
}

function isOperator(token: IToken | undefined): boolean {
  if (token === undefined) return false;
  if (symbols.has(token.tokenType)) return true;
  const keyword = keywordOf(token);
  return keyword !== undefined && wordOperators.has(keyword);
}

/** Whether the keyword at `index`, where a condition starts, is a field’s name. */
function isFieldName(tokens: readonly IToken[], index: number, keyword: TokenType): boolean {
  const next = tokens[index + 1];
  if (!isOperator(next)) return false;
  if (keyword !== Not || next === undefined || symbols.has(next.tokenType)) return true;
  // NOT NOT a = 1, and NOT like = 'x' where the field is called like.
  return keywordOf(next) !== Not && !isOperator(tokens[index + 2]);
}

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type;
  // Chevrotain compares this number, not the type.
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/**
 * Turns words into keywords in place and measures the nesting of parentheses and NOTs on the way.
 * @returns the first token that stands deeper than `maxDepth`, or null.
 */
export function settleKeywords(tokens: readonly IToken[], maxDepth: number): IToken | null {
  const walk = new Walk(tokens);
  let tooDeep: IToken | null = null;
  for (let index = 0; index < tokens.length; index++) {
    walk.step(index);
    if (walk.depth > maxDepth && tooDeep === null) tooDeep = tokens[index] ?? null;
  }
  return tooDeep;
}

class Walk {
  depth = 0;
  /** A condition may start here, so a word is a field unless it is NOT. */
  private atStart = true;
  private afterSymbol = false;
  private awaitsBetween = false;
  private inList = false;
  /** The depth around each parenthesis that is open. */
  private readonly outerDepths: number[] = [];

  constructor(private readonly tokens: readonly IToken[]) {}

  step(index: number): void {
    const token = this.tokens[index] as IToken;
    const type = token.tokenType;
    if (type === Word) this.word(token, index);
    else if (type === Open) this.open();
    else if (type === Close) this.close();
    else if (this.atStart && names.has(type)) this.atStart = false;
    this.afterSymbol = symbols.has(type);
  }

  private word(token: IToken, index: number): void {
    const keyword = keywordOf(token);
    if (this.atStart) {
      if (keyword === undefined || isFieldName(this.tokens, index, keyword)) {
        this.atStart = false;
        return;
      }
      retag(token, keyword);
      if (keyword === Not) this.depth++;
    } else if (keyword !== undefined && !(this.afterSymbol && softKeywords.has(keyword))) {
      retag(token, keyword);
      if (keyword === Between) this.awaitsBetween = true;
      else if (keyword === And && this.awaitsBetween) this.awaitsBetween = false;
      else if (keyword === And || keyword === Or) this.startCondition();
    }
  }

  private startCondition(): void {
    this.atStart = true;
    this.awaitsBetween = false;
    const outer = this.outerDepths.at(-1);
    this.depth = outer === undefined ? 0 : outer + 1;
  }

  private open(): void {
    if (!this.atStart) {
      this.inList = true;
      return;
    }
    this.outerDepths.push(this.depth);
    this.depth++;
  }

  private close(): void {
    if (this.inList) this.inList = false;
    else this.depth = this.outerDepths.pop() ?? 0;
  }
}
