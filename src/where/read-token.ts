/** From a token to a field or a value of the tree, with a hint where the older language is spoken. */
import type { IToken } from 'chevrotain';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import type { FieldRef, Value } from './ast.ts';
import { parseInstant } from './instant.ts';
import { printField, printText } from './print.ts';
import * as T from './tokens.ts';

/** Offset after the last character of a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

/** The content of a quoted token: a doubled quote stands for one. */
function unquote(image: string): string {
  const quote = image.charAt(0);
  const inner = image.slice(1, -1);
  return inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner;
}

function legacy(span: Span, message: string, help: string): Diagnostic {
  return { code: 'where-legacy-form', severity: 'hint', message, help, span };
}

export function readField(token: IToken, hints: Diagnostic[]): FieldRef {
  const span = spanOf(token);
  if (token.tokenType === T.Word) return { name: token.image, span };
  const name = unquote(token.image);
  if (token.tokenType !== T.Backticked) {
    hints.push(legacy(span, `The field ${token.image} stands in quotes.`, `Write ${printField(name)}.`));
  }
  return { name, span };
}

export function readValue(token: IToken, hints: Diagnostic[]): Value {
  const span = spanOf(token);
  const image = token.image;
  switch (token.tokenType) {
    case T.Text:
      return readText(image, span, hints);
    case T.Numeral:
      return { kind: 'number', text: image, span };
    case T.Instant: {
      const epochMs = parseInstant(image, 'UTC');
      return epochMs === null ? { kind: 'text', text: image, span } : { kind: 'timestamp', epochMs, span };
    }
    case T.LocalTime:
      return { kind: 'text', text: image, span };
    case T.Day:
      return parseInstant(image, 'UTC') === null
        ? { kind: 'text', text: image, span }
        : { kind: 'date', day: image, span };
    case T.Parameter:
      return { kind: 'parameter', name: image.slice(1), span };
    case T.True:
    case T.False:
      return { kind: 'boolean', value: token.tokenType === T.True, span };
    case T.Null:
      return { kind: 'null', span };
    case T.Now:
      return { kind: 'now', offsetMs: readOffset(image), span };
    default:
      return readLegacyValue(token, span, hints);
  }
}

function readText(image: string, span: Span, hints: Diagnostic[]): Value {
  if (!image.startsWith("'${")) return { kind: 'text', text: unquote(image), span };
  hints.push(
    legacy(span, `${image} is read as plain text.`, 'Write a parameter such as :since where a value is filled in.'),
  );
  const inner = image.slice(1, -1);
  // A poller’s date placeholder has single quotes in it, not doubled ones.
  const isRaw = inner.replaceAll("''", '').includes("'");
  return { kind: 'text', text: isRaw ? inner : unquote(image), span };
}

function readLegacyValue(token: IToken, span: Span, hints: Diagnostic[]): Value {
  const isQuoted = token.tokenType === T.DoubleQuoted || token.tokenType === T.Backticked;
  const text = isQuoted ? unquote(token.image) : token.image;
  const message = isQuoted
    ? `${token.image} is read as text, which single quotes mark.`
    : `The word ${token.image} is read as text.`;
  const isNow = text.toLowerCase() === 'now';
  const isNothing = !isQuoted && /^(undefined|nil|none)$/i.test(text);
  const other = isNow ? ', or now() for the present time' : isNothing ? ', or IS NULL for no value' : '';
  hints.push(legacy(span, message, `Write ${printText(text)}${other}.`));
  return { kind: 'text', text, span };
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The offset in milliseconds of `now() - 7d`. */
function readOffset(image: string): number {
  const match = /([-+])\s*(\d+)([a-z]+)$/.exec(image);
  if (match === null) return 0;
  const [, sign, amount, unit] = match;
  const offsetMs = Number(amount) * (unitMs[unit ?? 'ms'] ?? 1);
  return sign === '-' ? -offsetMs : offsetMs;
}
