import { refuse } from '../answers.ts';
import { parseDateTime, parseDay } from '../dates.ts';
import type { Literal } from './ast.ts';
import { refuseAt } from './refuse.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly position: number }
  | { readonly kind: 'literal'; readonly literal: Literal; readonly text: string; readonly position: number }
  | { readonly kind: 'sign'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: '<EOF>'; readonly position: number };

/** Of a string in a condition: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm */
const longestText = 4000;

const space = /\s+/y;
const dateTime = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/y;
const date = /\d{4}-\d{2}-\d{2}(?![\dT])/y;
const number = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_])/y;
const word = /[A-Za-z_][A-Za-z0-9_.]*(?::\d+)?/y;
const text = /'((?:[^'\\]|\\[\s\S])*)'/y;
const sign = /<=|>=|!=|<>|[(),=<>:]/y;

const escapes: Readonly<Record<string, string>> = {
  n: '\n', N: '\n', r: '\r', R: '\r', t: '\t', T: '\t', b: '\b', B: '\b', f: '\f', F: '\f', '"': '"', "'": "'", '\\': '\\', '%': '%', _: '_',
}; // biome-ignore format: one line per thought

/** Resolves the backslash escapes of a string literal; an escape that the vendor does not know is refused. */
export function unescapeText(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (sequence, letter: string) => {
    const meant = escapes[letter];
    if (meant !== undefined) return meant;
    return refuse(
      400,
      'MALFORMED_QUERY',
      `Invalid string literal '${raw}'. Illegal character sequence '${sequence}' in string literal.`,
    );
  });
}

/** Cuts a statement into tokens; refuses characters that can stand nowhere and strings that do not end. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(source)?.[0];
  };
  while (position < source.length) {
    const token = nextToken(source, position, match);
    if (token !== undefined) tokens.push(token);
    position += token?.text.length ?? match(space)?.length ?? 0;
  }
  return [...tokens, { kind: 'end', text: '<EOF>', position: source.length }];
}

function nextToken(
  source: string,
  position: number,
  match: (pattern: RegExp) => string | undefined,
): Token | undefined {
  if (match(space) !== undefined) return undefined;
  const literal = literalAt(source, position, match);
  if (literal !== undefined) return { kind: 'literal', position, ...literal };
  const name = match(word);
  if (name !== undefined) return { kind: 'word', text: name, position };
  const mark = match(sign);
  if (mark !== undefined) return { kind: 'sign', text: mark, position };
  const found = source.charAt(position);
  if (found === "'")
    return refuseAt(
      source,
      position,
      'MALFORMED_QUERY',
      'Bind variables and unterminated strings are not allowed here: line breaks off',
    );
  return refuseAt(source, position, 'MALFORMED_QUERY', `unexpected token: '${found}'`);
}

type Found = { readonly literal: Literal; readonly text: string };

function literalAt(
  source: string,
  position: number,
  match: (pattern: RegExp) => string | undefined,
): Found | undefined {
  const quoted = match(text);
  if (quoted !== undefined) {
    const raw = quoted.slice(1, -1);
    if (raw.length > longestText) {
      const reason = `a string may have ${longestText} characters, and this one has ${raw.length}`;
      return refuseAt(source, position, 'MALFORMED_QUERY', reason);
    }
    return { text: quoted, literal: { kind: 'string', raw, text: unescapeText(raw) } };
  }
  const instant = match(dateTime);
  const day = instant === undefined ? match(date) : undefined;
  const found = instant ?? day;
  if (found !== undefined) {
    const atMs = instant === undefined ? parseDay(found) : parseDateTime(found);
    if (atMs === undefined) return refuseAt(source, position, 'MALFORMED_QUERY', `line has an invalid date: ${found}`);
    return { text: found, literal: { kind: instant === undefined ? 'date' : 'dateTime', atMs } };
  }
  const digits = match(number);
  return digits === undefined ? undefined : { text: digits, literal: { kind: 'number', value: Number(digits) } };
}
