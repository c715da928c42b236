/** What is wrong with single tokens: quotes that nothing closes, characters that mean nothing. */
import type { IToken, TokenType } from 'chevrotain';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { printText, shorten } from './print.ts';
import { endOf, spanOf } from './read-token.ts';
import * as T from './tokens.ts';

export interface TokenDiagnosis {
  readonly diagnostics: Diagnostic[];
  /** The tokens as they were probably meant, for the parser to go on with; null when that would be guessing. */
  readonly repaired: readonly IToken[] | null;
}

interface Slip {
  readonly message: string;
  readonly help: string;
  /** The token to read instead; none where the character is left out. */
  readonly meant?: TokenType;
}

const slips: Readonly<Record<string, Slip>> = {
  '&&': { message: '&& is no operator.', help: 'Write AND.', meant: T.And },
  '||': { message: '|| is no operator.', help: 'Write OR.', meant: T.Or },
  '&': { message: '& joins no conditions.', help: 'Write AND.', meant: T.And },
  '|': { message: '| joins no conditions.', help: 'Write OR.', meant: T.Or },
  '!': { message: '! is no operator.', help: 'Write NOT before a condition, or != between field and value.' },
  '[': { message: '[ has no meaning here.', help: 'Write the steps of a path with dots, and lists in parentheses.' },
  ']': { message: '] has no meaning here.', help: 'Write the steps of a path with dots, and lists in parentheses.' },
};

export function diagnoseTokens(tokens: readonly IToken[]): TokenDiagnosis {
  const broken = quoteInsideText(tokens);
  if (broken !== null) return { diagnostics: [broken], repaired: null };
  const diagnostics: Diagnostic[] = [];
  const repaired: IToken[] = [];
  for (const [index, token] of tokens.entries()) {
    const type = token.tokenType;
    const slip = type === T.Unclosed ? unclosed(token) : type === T.CurlyQuoted ? curly(token) : null;
    const found = slip ?? (type === T.Stray ? strayOf(tokens, index) : null);
    if (found === null) {
      repaired.push(token);
      continue;
    }
    diagnostics.push(syntax(found.message, found.help, spanOf(token)));
    if (found.meant !== undefined) repaired.push(as(token, found.meant));
  }
  return { diagnostics, repaired };
}

export function syntax(message: string, help: string, span: Span): Diagnostic {
  return { code: 'where-syntax', severity: 'error', message, help, span };
}

function as(token: IToken, type: TokenType): IToken {
  return { ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number };
}

/** `name = 'Churro's Test'`: a text, something touching its end, and a quote left over. */
function quoteInsideText(tokens: readonly IToken[]): Diagnostic | null {
  const last = tokens.at(-1);
  if (last?.tokenType !== T.Unclosed || !last.image.startsWith("'")) return null;
  const neighbour = tokens.at(-2);
  if (neighbour?.tokenType === T.Text && endOf(neighbour) === last.startOffset) {
    return syntax(
      `The quote after ${shorten(neighbour.image)} makes '' of its end, which is a quote inside the text.`,
      'Take one of the two quotes away, or add a third to end the text.',
      { start: endOf(neighbour) - 1, end: endOf(last) },
    );
  }
  const index = tokens.findIndex(
    (token, at) =>
      token.tokenType === T.Text && tokens[at + 1]?.startOffset === endOf(token) && isWordLike(tokens[at + 1]),
  );
  const text = tokens[index];
  const next = tokens[index + 1];
  if (text === undefined || next === undefined) return null;
  const isKept = text.image.endsWith("\\'");
  const kept = isKept ? `${text.image.slice(0, -2)}'` : text.image;
  return syntax(
    isKept
      ? `The quote before ${shorten(next.image)} ends the text ${shorten(text.image)}: a backslash does not keep it.`
      : `The quote before ${shorten(next.image)} ends the text ${shorten(text.image)}.`,
    `Write a quote inside text twice: ${shorten(`${kept}'${next.image}`)}…'.`,
    { start: text.startOffset, end: endOf(next) },
  );
}

function isWordLike(token: IToken | undefined): boolean {
  return (
    token !== undefined &&
    (T.keywordTypes.has(token.image.toUpperCase()) || token.tokenType === T.Word || token.tokenType === T.Loose)
  );
}

function unclosed(token: IToken): Slip {
  const quote = token.image.charAt(0);
  const what = quote === '`' ? 'backtick' : 'quote';
  const typographic = quote === "'" ? /[\u2018-\u201f\u00b4](?=\s|\)|$)/.exec(token.image)?.[0] : undefined;
  if (typographic !== undefined) {
    return {
      message: `The quote ' is not closed: ${typographic} is another character.`,
      help: `Write ' in place of ${typographic}.`,
      meant: T.Text,
    };
  }
  return {
    message: `The ${what} ${quote} is not closed.`,
    help:
      quote === "'"
        ? "Add ' where the text ends; a quote inside it is written twice: ''."
        : `Add ${quote} where the ${quote === '`' ? 'name' : 'text'} ends.`,
    meant: T.Text,
  };
}

function curly(token: IToken): Slip {
  const text = token.image.slice(1, -1);
  return {
    message: `${shorten(token.image)} stands in typographic quotes.`,
    help: `Write ${printText(shorten(text))}.`,
    meant: T.Text,
  };
}

function strayOf(tokens: readonly IToken[], index: number): Slip {
  const token = tokens[index] as IToken;
  if (token.image === '!') return exclaimed(tokens, index) ?? (slips['!'] as Slip);
  if (
    token.image === '[' &&
    tokens[index + 2]?.image === ']' &&
    tokens[index + 1]?.tokenType === T.Word &&
    isStart(tokens[index - 1])
  )
    return { message: 'A name stands in no brackets.', help: `Write ${tokens[index + 1]?.image}.` };
  if (token.image !== ';') return slips[token.image] ?? stray(token);
  return index === tokens.length - 1
    ? { message: 'A where does not end with a semicolon.', help: 'Take ; away.' }
    : {
        message: '; separates nothing.',
        help: 'Write a comma in a list, and AND or OR between conditions.',
        meant: T.Comma,
      };
}

/** `=!`, `!>` and `!<`. */
function exclaimed(tokens: readonly IToken[], index: number): Slip | null {
  const [before, token, next] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (token === undefined) return null;
  if (before?.tokenType === T.Equal && endOf(before) === token.startOffset)
    return { message: '=! is no operator.', help: 'Write !=.' };
  const meant = next?.startOffset === endOf(token) ? { '>': '<=', '<': '>=' }[next.image] : undefined;
  return meant === undefined ? null : { message: `!${next?.image} is no operator.`, help: `Write ${meant}.` };
}

/** A condition starts behind this token. */
function isStart(before: IToken | undefined): boolean {
  return before === undefined || [T.And, T.Or, T.Not, T.Open].includes(before.tokenType);
}

function stray(token: IToken): Slip {
  const point = token.image.codePointAt(0) ?? 0;
  if ((point >= 0x2018 && point <= 0x201f) || [0xab, 0xb4, 0xbb, 0x2039, 0x203a].includes(point)) {
    return { message: `${token.image} is a typographic quote.`, help: "Put text between two plain quotes: 'text'." };
  }
  const shown =
    // Controls, formats such as a zero-width blank, and halves of pairs: nobody would see them.
    /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(token.image)
      ? `U+${point.toString(16).padStart(4, '0').toUpperCase()}`
      : token.image;
  return {
    message: `The character ${shown} has no meaning here.`,
    help: 'Take it away, or put it into a text in single quotes.',
  };
}
