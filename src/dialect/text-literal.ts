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
  /** It is looked for inside of other text, by a vendor that may fold case. */
  readonly isFoldedPiece?: boolean;
}

const control = /\p{Cc}/u;
const halfPair = /\p{Cs}/u;

/** Writes the values of text, enum and id fields by the rules of one operator. */
export class TextForm {
  private readonly open: string;
  private readonly close: string;
  private readonly escapes: readonly (readonly [from: string, to: string])[];
  private readonly forbidden: RegExp | null;
  private readonly isLower: boolean;

  constructor(private readonly rules: TextRules) {
    const { literal } = rules;
    const [open, close] = quotes(literal);
    this.open = open + (literal.before ?? '');
    this.close = (literal.after ?? '') + close;
    this.escapes = literal.escape ?? [];
    this.forbidden = literal.forbidden === undefined ? null : regExp(literal.forbidden);
    this.isLower = literal.case === 'lower';
  }

  formatText(text: string): Literal {
    const refused = this.refusal(text);
    if (refused !== null) return { ok: false, why: refused };
    if (this.rules.literal.as === 'number') return wholeNumber(text);
    const cased = this.isLower ? lowerText(text) : text;
    return cased === null ? noLower : this.quoted(escapeText(cased, this.escapes));
  }

  /** Without a wildcard for one code point the one for any run stands for it. */
  formatPattern(pieces: readonly PatternPiece[]): Literal {
    const refused = this.refusal(pieces.map((piece) => ('literal' in piece ? piece.literal : '')).join(''));
    if (refused !== null) return { ok: false, why: refused };
    let inner = '';
    for (const piece of pieces) {
      if ('wildcard' in piece) inner += wildcard(piece.wildcard, this.rules.literal);
      else {
        const cased = this.isLower ? lowerText(piece.literal) : piece.literal;
        if (cased === null) return noLower;
        inner += escapeText(cased, this.escapes);
      }
    }
    return this.quoted(inner);
  }

  private quoted(inner: string): Literal {
    return { ok: true, value: this.open + inner + this.close };
  }

  /** Why a value cannot be sent, or null. */
  private refusal(raw: string): string | null {
    const { literal, builder, separator, isFoldedPiece } = this.rules;
    if (halfPair.test(raw)) return 'it holds half a surrogate pair';
    if (raw.length < (literal.minLength ?? 0)) return 'it is empty';
    if (raw.length > (literal.maxLength ?? Number.POSITIVE_INFINITY)) return 'it is longer than the vendor takes';
    if (this.forbidden?.test(raw) === true) return 'it holds a character that the vendor does not take';
    // In lower case it is another letter at the end of a word: in the whole text perhaps, in the piece perhaps not.
    if (isFoldedPiece === true && raw.includes('\u03a3'))
      return 'it holds a letter whose lower case depends on its neighbours';
    if (builder !== 'tree' && control.test(raw) && control.test(withoutEscaped(raw, this.escapes)))
      return 'it holds a control character';
    if (separator !== undefined && literal.quote === undefined && raw.includes(separator.trim() || separator)) {
      return 'it holds the separator of the list';
    }
    return null;
  }
}

/** An id as vendors show it: `007` would find 7, and beyond 2^53 digits would be lost. */
function wholeNumber(text: string): Literal {
  return /^(?:0|[1-9]\d{0,14})$/.test(text)
    ? { ok: true, value: Number(text) }
    : { ok: false, why: 'it is not a whole number' };
}

const noLower: Literal = { ok: false, why: 'not every vendor writes it alike in lower case' };

function withoutEscaped(raw: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((rest, [from]) => rest.replaceAll(from, ''), raw);
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
 * Lower case as every vendor computes it: text whose lower case has another length, such as one with a dotted I, or
 * depends on the letters around, as that of a Greek sigma does, is left to the local check.
 */
function lowerText(text: string): string | null {
  const lower = text.toLowerCase();
  if (lower.length !== text.length) return null;
  return /\u03a3/.test(text) ? null : lower;
}

export function quotes({ quote }: TextLiteral): readonly [open: string, close: string] {
  return typeof quote === 'string' ? [quote, quote] : (quote ?? ['', '']);
}
