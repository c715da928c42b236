/** Text as a vendor wants to read it. Whatever a value holds, it stays one literal, or it is not sent. */
import type { Dialect, TextLiteral } from '../definition/dialect.ts';
import { regExp } from './reg-exp.ts';

/** A formatted literal, or why the value cannot be sent. */
export type Literal = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/** Pieces of a LIKE pattern: literal text and the two wildcards. */
export type PatternPiece = { readonly literal: string } | { readonly wildcard: 'any' | 'one' };

export interface TextRules {
  readonly literal: TextLiteral;
  readonly builder: Dialect['builder'];
  /** Text that may not occur because it would end the value: the separator of an unquoted list. */
  readonly separator?: string;
}

const control = /\p{Cc}/u;
const halfPair = /\p{Cs}/u;

/** Formats a value of a text, enum or id field. */
export function formatText(text: string, rules: TextRules): Literal {
  return formatPieces([{ literal: text }], text, rules);
}

/** Formats a LIKE pattern; without a wildcard for one code point the one for any run stands for it. */
export function formatPattern(pieces: readonly PatternPiece[], rules: TextRules): Literal {
  const raw = pieces.map((piece) => ('literal' in piece ? piece.literal : '')).join('');
  return formatPieces(pieces, raw, rules);
}

function formatPieces(pieces: readonly PatternPiece[], raw: string, rules: TextRules): Literal {
  const { literal } = rules;
  const refused = refusal(raw, rules);
  if (refused !== null) return { ok: false, why: refused };
  const cased = literal.case === 'lower' ? lowerPieces(pieces) : pieces;
  if (cased === null) return { ok: false, why: 'its lower case differs in length' };
  const inner = cased
    .map((piece) =>
      'literal' in piece ? escapeText(piece.literal, literal.escape ?? []) : wildcard(piece.wildcard, literal),
    )
    .join('');
  const [open, close] = quotes(literal);
  return { ok: true, value: `${open}${literal.before ?? ''}${inner}${literal.after ?? ''}${close}` };
}

/** Why a value cannot be sent, or null. */
function refusal(raw: string, { literal, builder, separator }: TextRules): string | null {
  if (halfPair.test(raw)) return 'it holds half a surrogate pair';
  if (raw.length < (literal.minLength ?? 0)) return 'it is empty';
  if (raw.length > (literal.maxLength ?? Number.POSITIVE_INFINITY)) return 'it is longer than the vendor takes';
  if (literal.forbidden !== undefined && regExp(literal.forbidden).test(raw)) {
    return 'it holds a character that the vendor does not take';
  }
  if (builder !== 'tree' && control.test(raw) && control.test(withoutEscaped(raw, literal)))
    return 'it holds a control character';
  if (separator !== undefined && literal.quote === undefined && raw.includes(separator.trim() || separator)) {
    return 'it holds the separator of the list';
  }
  return null;
}

function withoutEscaped(raw: string, literal: TextLiteral): string {
  return (literal.escape ?? []).reduce((rest, [from]) => rest.replaceAll(from, ''), raw);
}

function wildcard(kind: 'any' | 'one', { wildcards }: TextLiteral): string {
  if (wildcards === undefined) throw new Error('a pattern without wildcards');
  return kind === 'any' ? wildcards.any : (wildcards.one ?? wildcards.any);
}

/** One pass over the text, so that what an escape put in is not escaped again. */
function escapeText(text: string, pairs: readonly (readonly [string, string])[]): string {
  if (!pairs.some(([from]) => text.includes(from))) return text;
  let escaped = '';
  for (let at = 0; at < text.length; ) {
    const pair = pairs.find(([from]) => text.startsWith(from, at));
    escaped += pair?.[1] ?? text.charAt(at);
    at += pair?.[0].length ?? 1;
  }
  return escaped;
}

/**
 * Lower case as every vendor computes it: letters whose lower case has another length, such as the dotted I, are
 * left to the local check.
 */
function lowerPieces(pieces: readonly PatternPiece[]): PatternPiece[] | null {
  const lowered: PatternPiece[] = [];
  for (const piece of pieces) {
    if (!('literal' in piece)) lowered.push(piece);
    else {
      const lower = piece.literal.toLowerCase();
      if (lower.length !== piece.literal.length) return null;
      lowered.push({ literal: lower });
    }
  }
  return lowered;
}

export function quotes({ quote }: TextLiteral): readonly [open: string, close: string] {
  return typeof quote === 'string' ? [quote, quote] : (quote ?? ['', '']);
}
