import { refuse } from '../answers.ts';
import type { Place } from './ast.ts';

export interface Token {
  /** As the vendor's parser names it: `<IDENTIFIER>`, `<STRING>`, `<NUMBER>`, `<EOF>`, or the keyword or sign itself in quotes. */
  readonly kind: string;
  /** As it stands in the statement. */
  readonly text: string;
  /** Of a string, without quotes and escapes. */
  readonly value: string;
  readonly place: Place;
}

/** Keywords with a name of their own in messages; the others are named by themselves. */
const namedKeywords: Readonly<Record<string, string>> = { and: '<AND>', or: '<OR>' };

const keywords = new Set([
  'select', 'count', 'from', 'where', 'like', 'in', 'orderby', 'order', 'by', 'asc', 'desc', 'startposition', 'maxresults', 'iterator',
  'true', 'false',
]); // biome-ignore format: a list to read, not to scan

const space = /\s+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y;
const number = /-?\d+(?:\.\d+)?/y;
const sign = /<=|>=|[=<>(),*]/y;
/**
 * As much of a string as can be read: the opening quote, then characters and escapes of a quote or a backslash. A typographic
 * apostrophe was seen refused (https://github.com/ruckus/quickbooks-ruby/issues/345), so what is beyond Latin-1 is.
 */
const textStart = /'(?:[^'\\\u0100-\uffff]|\\['\\])*/y;

/** Cuts a statement into tokens; refuses with 4000 a character that can stand nowhere, a wrong escape and a string without end. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(source)?.[0];
  };
  while (position < source.length) {
    const blank = match(space);
    if (blank === undefined) {
      const token = tokenAt(source, position, match);
      tokens.push(token);
      position += token.text.length;
    } else position += blank.length;
  }
  return [...tokens, { kind: '<EOF>', text: '', value: '', place: placeAt(source, source.length) }];
}

function tokenAt(source: string, position: number, match: (pattern: RegExp) => string | undefined): Token {
  const place = placeAt(source, position);
  const name = match(word);
  if (name !== undefined) {
    const lower = name.toLowerCase();
    const kind = namedKeywords[lower] ?? (keywords.has(lower) ? `"${lower}"` : '<IDENTIFIER>');
    return { kind, text: name, value: name, place };
  }
  const digits = match(number);
  if (digits !== undefined) return { kind: '<NUMBER>', text: digits, value: digits, place };
  const mark = match(sign);
  if (mark !== undefined) return { kind: `"${mark}"`, text: mark, value: mark, place };
  const quoted = match(textStart);
  if (quoted === undefined) return refuseCharacter(source, position, '');
  const end = position + quoted.length;
  if (source[end] === "'") {
    return { kind: '<STRING>', text: `${quoted}'`, value: quoted.slice(1).replace(/\\(['\\])/g, '$1'), place };
  }
  // What stops a string is its end or a backslash before another character; then it is that character that is wrong.
  return source[end] === '\\' ? refuseCharacter(source, end + 1, `${quoted}\\`) : refuseCharacter(source, end, quoted);
}

function placeAt(source: string, position: number): Place {
  const before = source.slice(0, position);
  return { line: before.split('\n').length, column: position - before.lastIndexOf('\n') };
}

function refuseCharacter(source: string, position: number, after: string): never {
  const { line, column } = placeAt(source, position);
  const code = source.codePointAt(position);
  const found = code === undefined ? '<EOF>' : `"${String.fromCodePoint(code)}" (${code}),`;
  return refuse(
    '4000',
    'Error parsing query',
    `QueryParserError: Invalid content. Lexical error at line ${line}, column ${column}.  Encountered: ${found} after : ${JSON.stringify(after)}`,
  );
}
