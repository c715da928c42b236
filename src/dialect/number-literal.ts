/** Numbers as plain decimals. */
import type { Dialect, NumberLiteral } from '../definition/dialect.ts';
import { parseDecimal, printNumeric } from '../where/decimal.ts';
import type { Literal } from './text-literal.ts';

/** What a binary64 keeps on the way to the vendor and back (IEEE 754). */
const MOST_DIGITS = 15;
const MOST_ZEROS = 20;

/** Whole numbers as nearly everyone writes them: as plain as they get. */
const whole = /^(?:0|-?[1-9]\d{0,14})$/;

/** Formats decimal notation, also scientific, without an exponent. */
export function formatNumber(text: string, literal: NumberLiteral, builder: Dialect['builder']): Literal {
  const plain = whole.test(text) ? text : plainDecimal(text);
  if (plain === null) return { ok: false, why: 'it has more digits than numbers of the vendor may keep' };
  if (literal.whole === true && plain.includes('.'))
    return { ok: false, why: 'the vendor may keep a fraction otherwise than it shows it' };
  if (builder === 'tree' && literal.as !== 'text') return { ok: true, value: Number(plain) };
  const quote = literal.quote ?? '';
  return { ok: true, value: `${quote}${plain}${quote}` };
}

function plainDecimal(text: string): string | null {
  const decimal = parseDecimal(text);
  if (decimal === null || decimal.digits.length > MOST_DIGITS || Math.abs(decimal.exponent) > MOST_ZEROS) return null;
  return printNumeric(decimal);
}
