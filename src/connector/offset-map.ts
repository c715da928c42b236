/**
 * Where each character of a text value stands in the file it was written in. A value and its writing differ by
 * quotes, escapes, folded lines and indentation; a span in a where must be shown where the person wrote it.
 */

/** The way a text is written: JSON strings are double-quoted, the others are YAML's (YAML 1.2.2 §7.3, §8.1). */
export type ScalarStyle = 'double' | 'single' | 'plain' | 'block';

/** A run of the file and the text it stands for. */
interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Maps offsets in `value` to offsets in the file, given the writing of the value without quotes or block header.
 * Null when the writing is not understood: then only the place of the whole value is known.
 */
export function mapOffsets(
  value: string,
  writing: string,
  start: number,
  style: ScalarStyle,
): ((offset: number) => number) | null {
  const pieces = style === 'block' ? blockPieces(value, writing) : flowPieces(writing, style);
  if (pieces === null || pieces.map((piece) => piece.text).join('') !== value) return null;
  const starts: number[] = [];
  let end = start;
  for (const piece of pieces) {
    for (let index = 0; index < piece.text.length; index += 1) {
      // A piece of several characters is either written as it stands or is one escape.
      starts.push(start + (piece.end - piece.start === piece.text.length ? piece.start + index : piece.start));
    }
    if (piece.text !== '') end = start + piece.end;
  }
  return (offset) => starts[Math.max(0, offset)] ?? end;
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const doublePart =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n[ \t]*)|([^\r\n]))|([ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*)|([^\\ \t\r\n]+|[ \t])/y;
const singlePart = /('')|([ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*)|([^' \t\r\n]+|[ \t])/y;
const plainPart = /([ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*)|([^ \t\r\n]+|[ \t])/y;

function flowPieces(writing: string, style: Exclude<ScalarStyle, 'block'>): Piece[] | null {
  const part = { double: doublePart, single: singlePart, plain: plainPart }[style];
  const pieces: Piece[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < writing.length) {
    const start = part.lastIndex;
    const match = part.exec(writing);
    if (match === null) return null;
    pieces.push({ text: flowText(match, style), start, end: start + match[0].length });
  }
  return pieces;
}

function flowText(match: RegExpExecArray, style: Exclude<ScalarStyle, 'block'>): string {
  const groups = match.slice(1);
  if (style === 'plain') return folded(groups[0]) ?? groups[1] ?? '';
  if (style === 'single') return groups[0] === undefined ? (folded(groups[1]) ?? groups[2] ?? '') : "'";
  const [x, u, U, joined, escaped, lines, text] = groups;
  if (u !== undefined) return String.fromCharCode(Number.parseInt(u, 16));
  const code = x ?? U;
  if (code !== undefined) return codePointText(Number.parseInt(code, 16));
  if (joined !== undefined) return '';
  if (escaped !== undefined) return escapes[escaped] ?? '';
  return folded(lines) ?? text ?? '';
}

function codePointText(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** One line break is a space, and more are one fewer (YAML 1.2.2 §6.5). */
function folded(lines: string | undefined): string | undefined {
  if (lines === undefined) return undefined;
  const breaks = lines.split('\n').length - 1;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

/**
 * Block scalars line by line: the indentation is no text, and a line break is itself, a space, or nothing.
 * Which of these is read off the value, so that one walk does for literal and folded blocks.
 */
function blockPieces(value: string, writing: string): Piece[] | null {
  const indent = blockIndent(value, writing);
  const pieces: Piece[] = [];
  let at = 0;
  let inFile = skipIndent(writing, 0, indent);
  while (at < value.length && inFile < writing.length) {
    const breakLength = writing.startsWith('\r\n', inFile) ? 2 : writing[inFile] === '\n' ? 1 : 0;
    const next = inFile + Math.max(1, breakLength);
    if (breakLength === 0 && value[at] !== writing[inFile]) return null;
    const isText = breakLength === 0 || value[at] === '\n' || value[at] === ' ';
    pieces.push({ text: isText ? value.charAt(at) : '', start: inFile, end: next });
    if (isText) at += 1;
    inFile = breakLength === 0 ? next : skipIndent(writing, next, indent);
  }
  return at === value.length ? pieces : null;
}

function blockIndent(value: string, writing: string): number {
  const spaces = (text: string) =>
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.search(/\S/) ?? 0;
  return Math.max(0, spaces(writing) - spaces(value));
}

function skipIndent(writing: string, from: number, indent: number): number {
  let offset = from;
  while (offset < from + indent && writing[offset] === ' ') offset += 1;
  return offset;
}
