/**
 * The words of the where language. No text fails to be split into tokens: what fits nothing becomes `Unclosed` or
 * `Stray`, which the grammar uses nowhere, so every mistake is reported by the parser in one way.
 */
import './object-group-by.ts';
import { createToken, type ITokenConfig, Lexer, type TokenType } from 'chevrotain';

/** Anything above ASCII but spaces, typographic quotes, general punctuation and the byte order mark. */
const FOREIGN =
  '\\u00A1-\\u00AA\\u00AC-\\u00B3\\u00B5-\\u00BA\\u00BC-\\u167F\\u1681-\\u1FFF\\u2070-\\u2FFF\\u3001-\\uFEFE\\uFF00-\\uFFFF';
const LETTER = `A-Za-z_$@#${FOREIGN}`;
/** What an unquoted value may be made of in the older language. */
const INSIDE = `0-9.:/%*+?^{}~\\\\${LETTER}-`;
/** The next character, if any, cannot belong to an unquoted value. */
const AT_END = `(?![${INSIDE}])`;
const WORD = `[${LETTER}][${LETTER}0-9-]*(?:\\.[${LETTER}0-9][${LETTER}0-9-]*)*`;
const DAY = '\\d{4}-\\d{2}-\\d{2}';
const TIME = '[Tt]\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?';
const OFFSET = '(?:[Zz]|[+-]\\d{2}:?\\d{2})';
/** Few enough digits that every duration is a whole number of milliseconds below 2^53. */
const DURATION = '(?:\\d{1,9}(?:ms|s)|\\d{1,8}[mhd]|\\d{1,7}w)';
/** Spelt out because Chevrotain cannot tell the first characters of a complement such as [^]. */
const ANYTHING = '\\u0000-\\uFFFF';
/** A date placeholder of the older language’s pollers, with quotes in it: '${date:yyyy-MM-dd'T'HH:mm:ss}'. */
const POLLER_DATE = "'\\$\\{(?:[dD]ate|gmtDate|[dD]ateTimeZone|nowTimeZone):[^}=]*\\}'(?!')";

const all: TokenType[] = [];

function token(config: ITokenConfig): TokenType {
  const type = createToken(config);
  all.push(type);
  return type;
}

// Families: one grammar position that several tokens may fill.
export const Field = token({ name: 'Field', pattern: Lexer.NA, label: 'a field' });
export const Value = token({ name: 'Value', pattern: Lexer.NA, label: 'a value' });
export const Comparison = token({ name: 'Comparison', pattern: Lexer.NA, label: 'a comparison' });

/** The blank by itself: Chevrotain compares one character without a regular expression. */
export const Blank = token({ name: 'Blank', pattern: / /, group: Lexer.SKIPPED });
export const Space = token({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

export const Text = token({
  name: 'Text',
  pattern: new RegExp(`${POLLER_DATE}|'(?:[^']|'')*'`),
  categories: [Value, Field],
  line_breaks: true,
});
export const DoubleQuoted = token({
  name: 'DoubleQuoted',
  pattern: /"(?:[^"]|"")*"/,
  categories: [Value, Field],
  line_breaks: true,
});
export const Backticked = token({
  name: 'Backticked',
  pattern: /`(?:[^`]|``)*`/,
  categories: [Value, Field],
  line_breaks: true,
});

export const Instant = token({
  name: 'Instant',
  pattern: new RegExp(DAY + TIME + OFFSET + AT_END),
  categories: [Value],
});
/** A date and time without offset: its zone is the field’s, so it stays text until the field is known. */
export const LocalTime = token({ name: 'LocalTime', pattern: new RegExp(DAY + TIME + AT_END), categories: [Value] });
export const Day = token({ name: 'Day', pattern: new RegExp(DAY + AT_END), categories: [Value] });
export const Numeral = token({
  name: 'Numeral',
  pattern: new RegExp(`-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d{1,3})?${AT_END}`),
  categories: [Value],
});
export const Now = token({
  name: 'Now',
  pattern: new RegExp(`[nN][oO][wW]\\s*\\(\\s*\\)(?:\\s*[-+]\\s*${DURATION}${AT_END})?`),
  categories: [Value],
  line_breaks: true,
});
export const Parameter = token({
  name: 'Parameter',
  pattern: new RegExp(`:[A-Za-z_][A-Za-z0-9_]*${AT_END}`),
  categories: [Value],
});

export const Word = token({ name: 'Word', pattern: new RegExp(WORD + AT_END), categories: [Value, Field] });
/** A run of characters that is no word: the older language reads it as text. */
export const Loose = token({ name: 'Loose', pattern: new RegExp(`[${INSIDE}]+`), categories: [Value] });

export const Equal = token({ name: 'Equal', pattern: /==?/, categories: [Comparison] });
export const Unequal = token({ name: 'Unequal', pattern: /!=|<>/, categories: [Comparison] });
export const AtMost = token({ name: 'AtMost', pattern: /<=/, categories: [Comparison] });
export const AtLeast = token({ name: 'AtLeast', pattern: />=/, categories: [Comparison] });
export const Less = token({ name: 'Less', pattern: /</, categories: [Comparison] });
export const More = token({ name: 'More', pattern: />/, categories: [Comparison] });
export const Open = token({ name: 'Open', pattern: /\(/, label: '(' });
export const Close = token({ name: 'Close', pattern: /\)/, label: ')' });
export const Comma = token({ name: 'Comma', pattern: /,/, label: ',' });

function keyword(name: string, categories: TokenType[] = []): TokenType {
  return token({ name, pattern: Lexer.NA, label: name.toUpperCase(), categories });
}
export const And = keyword('And');
export const Or = keyword('Or');
export const Not = keyword('Not');
export const In = keyword('In');
export const Like = keyword('Like');
export const Ilike = keyword('Ilike');
export const Between = keyword('Between');
export const Contains = keyword('Contains');
export const Starts = keyword('Starts');
export const Ends = keyword('Ends');
export const With = keyword('With');
export const Is = keyword('Is');
export const Null = keyword('Null', [Value]);
export const True = keyword('True', [Value]);
export const False = keyword('False', [Value]);

/** Typographic quotes, as word processors put them. */
export const CurlyQuoted = token({
  name: 'CurlyQuoted',
  pattern:
    /[\u2018-\u201F][^\u2018-\u201F]*[\u2018-\u201F]|[\u00AB\u00BB][^\u00AB\u00BB]*[\u00AB\u00BB]|\u00B4[^\u00B4]*\u00B4|\u2039[^\u203A]*\u203A/,
  line_breaks: true,
});
/** A quote that nothing closes. */
export const Unclosed = token({ name: 'Unclosed', pattern: /['"`][\s\S]*/, line_breaks: true });
export const Stray = token({ name: 'Stray', pattern: new RegExp(`&&|\\|\\||[${ANYTHING}]`), line_breaks: true });

const keywords = [And, Or, Not, In, Like, Ilike, Between, Contains, Starts, Ends, With, Is, Null, True, False];

/** Keyword by its spelling in capitals. */
export const keywordTypes: ReadonlyMap<string, TokenType> = new Map(
  keywords.map((type) => [type.name.toUpperCase(), type]),
);

/** All tokens, in the order in which the lexer tries them. */
export const tokenTypes: readonly TokenType[] = all;

export const lexer = new Lexer(all, {
  positionTracking: 'onlyOffset',
  ensureOptimizations: true,
  recoveryEnabled: false,
});

const plainName = new RegExp(`^${WORD}$`);

/** The sets of characters that the patterns are made of, the larger before those they contain. */
export const characterClasses: ReadonlyMap<string, string> = new Map([
  ['inside', INSIDE],
  ['letter', LETTER],
]);

/** True when a field’s name can be written without backticks wherever it stands. */
export function isPlainName(name: string): boolean {
  return plainName.test(name) && !keywordTypes.has(name.toUpperCase());
}
