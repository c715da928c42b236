import type { Comparator, Value } from './ast.ts';

export type Token =
  | { readonly kind: 'open' | 'close' | 'minus' | 'end' }
  | { readonly kind: 'comparator'; readonly comparator: Comparator }
  /** `spaced`: white space follows. `raw`: as written, to know AND, OR and NOT by. */
  | { readonly kind: 'value'; readonly value: Value; readonly raw: string; readonly spaced: boolean };

const space = /\s+/y;
const quoted = /(['"])((?:\\[\s\S]|(?!\1)[^\\])*)(?:\1|\\?$)/y;
const word = /(?:\\[\s\S]|[^\s:\\()])+/y;
const comparator = /:(?:<=|>=|<|>)?/y;

const resolveEscapes = (text: string): string => text.replace(/\\([\s\S])/g, '$1');

/**
 * Cuts a search into tokens. Nothing is refused, as at the vendor: a string that does not end goes on to the end of the search, and
 * a backslash at the very end is dropped.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let isTermStart = true;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    return pattern.exec(source);
  };
  while (position < source.length) {
    const gap = match(space);
    if (gap !== null) {
      position += gap[0].length;
      isTermStart = true;
      continue;
    }
    const [token, length] = tokenAt(source, position, isTermStart, match);
    if (token !== undefined) tokens.push(token);
    position += length;
    isTermStart = token?.kind === 'open' || token?.kind === 'minus';
  }
  return [...tokens, { kind: 'end' }];
}

function tokenAt(
  source: string,
  position: number,
  isTermStart: boolean,
  match: (pattern: RegExp) => RegExpExecArray | null,
): readonly [token: Token | undefined, length: number] {
  const letter = source.charAt(position);
  if (letter === '(' || letter === ')') return [{ kind: letter === '(' ? 'open' : 'close' }, 1];
  // A minus is a modifier only right before what it negates; elsewhere it belongs to the word.
  if (letter === '-' && isTermStart && /[^\s]/.test(source.charAt(position + 1))) return [{ kind: 'minus' }, 1];
  const compare = match(comparator)?.[0];
  if (compare !== undefined) return [{ kind: 'comparator', comparator: compare as Comparator }, compare.length];
  const phrase = match(quoted);
  const raw = phrase?.[0] ?? match(word)?.[0];
  if (raw === undefined) return [undefined, 1];
  const spaced = /^(?:\s|$)/.test(source.slice(position + raw.length, position + raw.length + 1));
  if (phrase !== null) {
    const value = { text: resolveEscapes(phrase[2] ?? ''), isQuoted: true, isPrefix: false };
    return [{ kind: 'value', value, raw, spaced }, raw.length];
  }
  const isPrefix = /(?:^|[^\\])(?:\\\\)*\*$/.test(raw);
  const value = { text: resolveEscapes(isPrefix ? raw.slice(0, -1) : raw), isQuoted: false, isPrefix };
  return [{ kind: 'value', value, raw, spaced }, raw.length];
}
