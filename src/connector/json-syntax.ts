/**
 * Where a text stops being JSON (RFC 8259) and why. JSON.parse says that it does; its words and the offset in
 * them differ between versions of V8, so the place is found here. And names that stand twice, of which JSON.parse
 * says nothing.
 */
import type { Span } from '../diagnostic/diagnostic.ts';
import { deepestNesting } from '../diagnostic/nesting.ts';

export interface JsonProblem {
  readonly message: string;
  /** The message without what stands in the text, where it quotes that. */
  readonly unquoted?: string;
  readonly help?: string;
  readonly span: Span;
}

const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 excludes exactly these from strings.
  /[ \t\r\n]*(?:(?<mark>[{}[\],:])|(?<string>"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(?<atom>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y;

/** What may come next; `first` allows the closing bracket of an empty container. */
type State = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'after-value';

const wanted: Readonly<Record<State, string>> = {
  value: 'a value',
  'first-value': 'a value or ]',
  key: 'a property name in double quotes',
  'first-key': 'a property name in double quotes or }',
  colon: 'a colon',
  'after-value': 'a comma or the end of what was opened',
};

export interface JsonScan {
  /** The first problem, or null when the text is JSON. */
  readonly problem: JsonProblem | null;
  /** Names that their object has before: where they stand, quotes included. Up to the problem. */
  readonly duplicates: readonly Span[];
}

export const nestsTooDeep = {
  message: `Lists and objects nest deeper than ${deepestNesting} levels here.`,
  help: 'Write it flatter.',
} as const;

/** Reads a text from its start to its end, to the first thing that is no JSON, or to where it nests too deep. */
export function scanJson(text: string): JsonScan {
  const open: Container[] = [];
  const duplicates: Span[] = [];
  let state: State = 'value';
  let offset = text.startsWith('\uFEFF') ? 1 : 0;
  for (;;) {
    token.lastIndex = offset;
    const groups = token.exec(text)?.groups;
    if (groups === undefined) break;
    const string = groups['string'];
    const next = step(state, groups['mark'] ?? (string === undefined ? 'atom' : 'string'), open);
    if (next === null) return { problem: problemAt(text, skipSpace(text, offset), state), duplicates };
    offset = token.lastIndex;
    if (open.length > deepestNesting) {
      return { problem: { ...nestsTooDeep, span: { start: offset - 1, end: offset } }, duplicates };
    }
    if (next === 'colon' && string !== undefined && !isNew(string, open)) {
      duplicates.push({ start: offset - string.length, end: offset });
    }
    state = next;
  }
  const at = skipSpace(text, offset);
  const isWhole = at === text.length && state === 'after-value' && open.length === 0;
  return { problem: isWhole ? null : problemAt(text, at, state), duplicates };
}

/** The first problem, or null when the text is JSON. */
export const findJsonProblem = (text: string): JsonProblem | null => scanJson(text).problem;

type Bracket = '{' | '[';

interface Container {
  readonly bracket: Bracket;
  /** As they are meant, not as they are escaped. */
  readonly names: Set<string>;
}

function isNew(quoted: string, open: readonly Container[]): boolean {
  const names = open.at(-1)?.names;
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (names === undefined || names.has(name)) return false;
  names.add(name);
  return true;
}

type Move = State | 'open' | 'close' | 'next';

const value: Readonly<Record<string, Move>> = { string: 'after-value', atom: 'after-value', '{': 'open', '[': 'open' };
const moves: Readonly<Record<State, Readonly<Record<string, Move>>>> = {
  value,
  'first-value': { ...value, ']': 'close' },
  key: { string: 'colon' },
  'first-key': { string: 'colon', '}': 'close' },
  colon: { ':': 'value' },
  'after-value': { ',': 'next', '}': 'close', ']': 'close' },
};

/** The state after a token, or null when the token may not stand here. Keeps the stack of open containers. */
function step(state: State, found: string, open: Container[]): State | null {
  const move = moves[state][found];
  switch (move) {
    case undefined:
      return null;
    case 'open':
      open.push({ bracket: found as Bracket, names: new Set() });
      return found === '{' ? 'first-key' : 'first-value';
    case 'close':
      return open.pop()?.bracket === (found === '}' ? '{' : '[') ? 'after-value' : null;
    case 'next':
      return open.length === 0 ? null : open.at(-1)?.bracket === '{' ? 'key' : 'value';
    default:
      return move;
  }
}

function problemAt(text: string, offset: number, state: State): JsonProblem {
  if (offset >= text.length) {
    return { message: `The text ends where ${wanted[state]} belongs.`, span: { start: text.length, end: text.length } };
  }
  const found = /\/\/|\/\*|"[^"\n]*"?|[\w.+-]+|[\s\S]/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
  const help = helpFor(found, state);
  return {
    message: `Here stands ${JSON.stringify(found.slice(0, 40))} where ${wanted[state]} belongs.`,
    unquoted: `Something else stands where ${wanted[state]} belongs.`,
    ...(help === null ? {} : { help }),
    span: { start: offset, end: offset + found.length },
  };
}

function helpFor(found: string, state: State): string | null {
  if (found.startsWith('/') || found === '#') return 'JSON has no comments; a .yaml file may have them.';
  if (found === "'") return 'JSON texts stand in double quotes.';
  if ((found === '}' && state === 'key') || (found === ']' && state === 'value')) return 'Remove the comma before it.';
  if (found.startsWith('"') && state === 'after-value') return 'A comma is missing before it.';
  if (found.startsWith('"')) return 'A text ends on its line, and \\ stands only before " \\ / b f n r t u.';
  return null;
}

function skipSpace(text: string, from: number): number {
  let offset = from;
  while (offset < text.length && ' \t\r\n'.includes(text.charAt(offset))) offset += 1;
  return offset;
}
