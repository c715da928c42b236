/** Reads LIKE patterns of the where language into pieces: `%` any run, `_` one code point, `\` takes the next literally. */
import type { PatternPiece } from './text-literal.ts';

export function patternPieces(pattern: string): readonly PatternPiece[] {
  const pieces: PatternPiece[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
  };
  const points = [...pattern];
  for (let at = 0; at < points.length; at++) {
    const point = points[at] ?? '';
    if (point === '\\' && at + 1 < points.length) literal += points[++at];
    else if (point === '%' || point === '_') {
      flush();
      pieces.push({ wildcard: point === '%' ? 'any' : 'one' });
    } else literal += point;
  }
  flush();
  return pieces;
}

/** What a pattern asks, when a simpler operator asks the same or a little less. */
export interface SimplerPattern {
  readonly op: '=' | 'starts with' | 'ends with' | 'contains' | 'is not null';
  readonly piece: string;
  /** The simpler operator passes exactly the texts that the pattern passes. */
  readonly isSame: boolean;
}

/** The simpler ways to ask for a pattern, narrowest first. */
export function simplerPatterns(pattern: string): readonly SimplerPattern[] {
  const pieces = patternPieces(pattern);
  const shape = pieces.map((piece) => ('literal' in piece ? 'text' : piece.wildcard)).join(' ');
  const literals = pieces.flatMap((piece) => ('literal' in piece ? [piece.literal] : []));
  const longest = literals.toSorted((a, b) => b.length - a.length)[0] ?? '';
  switch (shape) {
    case '':
    case 'text':
      return [{ op: '=', piece: longest, isSame: true }];
    case 'text any':
      return [{ op: 'starts with', piece: longest, isSame: true }];
    case 'any text':
      return [{ op: 'ends with', piece: longest, isSame: true }];
    case 'any text any':
      return [{ op: 'contains', piece: longest, isSame: true }];
    default:
      return longest === '' ? [{ op: 'is not null', piece: '', isSame: shape === 'any' }] : wider(pieces, longest);
  }
}

function wider(pieces: readonly PatternPiece[], longest: string): readonly SimplerPattern[] {
  const first = pieces[0];
  const last = pieces.at(-1);
  return [
    ...(first !== undefined && 'literal' in first
      ? [{ op: 'starts with', piece: first.literal, isSame: false } as const]
      : []),
    ...(last !== undefined && 'literal' in last
      ? [{ op: 'ends with', piece: last.literal, isSame: false } as const]
      : []),
    { op: 'contains', piece: longest, isSame: false },
  ];
}
