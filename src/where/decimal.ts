/**
 * Decimal numbers of any length, compared and never rounded. A number that a double holds without loss stays a
 * double; the rest are kept as digits.
 */

/** The value is `sign × 0.digits × 10^exponent`. Digits have no zeros at either end; zero has none at all. */
export interface Decimal {
  readonly sign: 1 | -1;
  readonly digits: string;
  readonly exponent: number;
}

export type Numeric = number | Decimal;

const pattern = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?\s*$/;
/** Any decimal of up to this many digits survives the way to a double and back (IEEE 754 binary64). */
const EXACT_DIGITS = 15;

/** Reads decimal notation with sign, fraction and exponent; null for anything else, hexadecimal and NaN included. */
export function parseDecimal(text: string): Decimal | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const all = whole + fraction;
  const leading = countLeadingZeros(all);
  const digits = trimTrailingZeros(all.slice(leading));
  if (digits === '') return { sign: 1, digits: '', exponent: 0 };
  return { sign: sign === '-' ? -1 : 1, digits, exponent: whole.length - leading + Number(exponent) };
}

function countLeadingZeros(text: string): number {
  let count = 0;
  while (text.charCodeAt(count) === 48) count++;
  return count;
}

function trimTrailingZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 48) end--;
  return text.slice(0, end);
}

/** A record’s or literal’s value as a number: a finite number, a bigint, or text in decimal notation. */
export function readNumeric(value: unknown): Numeric | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' && typeof value !== 'bigint') return undefined;
  const decimal = parseDecimal(String(value));
  if (decimal === null) return undefined;
  return isExact(decimal) ? Number(value) : decimal;
}

function isExact(decimal: Decimal): boolean {
  return decimal.digits.length <= EXACT_DIGITS && Math.abs(decimal.exponent) < 300;
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. A double is its shortest decimal. */
export function compareNumeric(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareDecimals(toDecimal(a), toDecimal(b));
}

function toDecimal(value: Numeric): Decimal {
  if (typeof value !== 'number') return value;
  return parseDecimal(String(value)) ?? { sign: 1, digits: '', exponent: 0 };
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = a.digits === '' ? 0 : a.sign;
  const signB = b.digits === '' ? 0 : b.sign;
  if (signA !== signB || signA === 0) return signA - signB;
  if (a.exponent !== b.exponent) return signA * (a.exponent - b.exponent);
  // Fractions of equal scale: the order of their digits is the order of the text.
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -signA : signA;
}

const plain = /^-?\d+(?:\.\d+)?$/;
const mostPlaces = 40;

/** Decimal notation as the where language writes it; null where the exponent has more than three digits. */
export function printNumeric(value: Numeric): string | null {
  const text = String(value);
  if (typeof value === 'number' && plain.test(text)) return text;
  const { sign, digits, exponent } = toDecimal(value);
  if (digits === '') return '0';
  const minus = sign < 0 ? '-' : '';
  if (exponent > 0 && exponent <= mostPlaces) {
    const whole = digits.slice(0, exponent).padEnd(exponent, '0');
    const fraction = digits.slice(exponent);
    return minus + whole + (fraction === '' ? '' : `.${fraction}`);
  }
  if (exponent <= 0 && exponent > -mostPlaces) return `${minus}0.${'0'.repeat(-exponent)}${digits}`;
  if (Math.abs(exponent - 1) > 999) return null;
  const fraction = digits.slice(1);
  return `${minus}${digits.charAt(0)}${fraction === '' ? '' : `.${fraction}`}e${exponent - 1}`;
}
