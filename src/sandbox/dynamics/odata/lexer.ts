import { refuseQuery } from '../answers.ts';
import { parseInstant } from '../dates.ts';
import type { Literal } from './ast.ts';

export type Token =
  | { readonly kind: 'literal'; readonly literal: Literal; readonly text: string; readonly position: number }
  /** A name, a keyword, or names joined by `/` and `.`. */
  | { readonly kind: 'word'; readonly text: string; readonly position: number }
  /** A string in double quotes, which only lists of function arguments take. */
  | { readonly kind: 'json'; readonly value: string; readonly text: string; readonly position: number }
  | { readonly kind: 'sign'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: ''; readonly position: number };

const space = /[ \t\r\n]+/y;
const quoted = /'(?:[^']|'')*'/y;
const json = /"(?:[^"\\]|\\.)*"/y;
const guid = /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w-])/y;
const instant = /\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|z|[+-]\d{2}:\d{2})?)?(?![\w-])/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])/y;
const word = /[A-Za-z_]\w*(?:[/.][A-Za-z_]\w*)*/y;
const sign = /[(),=:[\]]/y;

/** Cuts an expression into tokens; refuses strings that do not end and characters that can stand nowhere. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(source)?.[0];
  };
  while (position < source.length) {
    const gap = match(space);
    if (gap === undefined) {
      const token = tokenAt(source, position, match);
      tokens.push(token);
      position += token.text.length;
    } else position += gap.length;
  }
  return [...tokens, { kind: 'end', text: '', position }];
}

function tokenAt(source: string, position: number, match: (pattern: RegExp) => string | undefined): Token {
  const literal = literalAt(source, position, match);
  if (literal !== undefined) return { kind: 'literal', position, ...literal };
  const name = match(word);
  if (name !== undefined) return { kind: 'word', text: name, position };
  const list = match(json);
  if (list !== undefined) return { kind: 'json', text: list, value: jsonText(source, position, list), position };
  const mark = match(sign);
  if (mark !== undefined) return { kind: 'sign', text: mark, position };
  const found = source.charAt(position);
  if (found === "'" || found === '"') {
    return refuseQuery(`There is an unterminated literal at position ${source.length} in '${source}'.`);
  }
  return refuseSyntax(source, position, found);
}

export const refuseSyntax = (source: string, position: number, found = ''): never =>
  refuseQuery(
    found === ''
      ? `Syntax error at position ${position} in '${source}'.`
      : `Syntax error: character '${found}' is not valid at position ${position} in '${source}'.`,
  );

function jsonText(source: string, position: number, text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // A wrong escape: the vendor's reader is as strict.
    return refuseSyntax(source, position, '"');
  }
}

function literalAt(
  source: string,
  position: number,
  match: (pattern: RegExp) => string | undefined,
): { readonly literal: Literal; readonly text: string } | undefined {
  const string = match(quoted);
  if (string !== undefined) {
    return { text: string, literal: { kind: 'string', text: string.slice(1, -1).replaceAll("''", "'") } };
  }
  const id = match(guid);
  if (id !== undefined) return { text: id, literal: { kind: 'guid', text: id.toLowerCase() } };
  const time = match(instant);
  if (time !== undefined) {
    const atMs = parseInstant(time);
    if (atMs === undefined)
      return refuseQuery(`Unrecognized 'Edm.String' literal '${time}' at '${position}' in '${source}'.`);
    return { text: time, literal: { kind: 'instant', text: time, atMs, isDay: time.length === 10 } };
  }
  const digits = match(number);
  return digits === undefined
    ? undefined
    : { text: digits, literal: { kind: 'number', text: digits, value: Number(digits) } };
}
