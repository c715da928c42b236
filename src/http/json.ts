/**
 * JSON as it stands: numbers that a double cannot hold come out as the text that was sent, because an id that is
 * rounded is another record's id, and a rounded amount is another amount (RFC 8259 §6 leaves both to the reader).
 */

/** What may hold a number that is not exact: 16 or more digits in a row, or an exponent of three digits. */
const SUSPECT = /[\d.]{16}|\d[eE][+-]?\d{3}/;
/** Every decimal of 15 digits survives a double (IEEE 754 binary64). */
const SHORT = /^-?[\d.]{1,15}$/;
/** A longer number is kept as text without a closer look, so that hostile zeros cost no time. */
const LONGEST_JUDGED = 1000;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON. Bodies without long numbers, which is most, are left to JSON.parse alone.
 * @throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return SUSPECT.test(text) ? JSON.parse(quoteInexactNumbers(text)) : value;
}

/** The well-formed JSON text with quotes around each number that a double would change. */
function quoteInexactNumbers(text: string): string {
  const parts: string[] = [];
  let offset = 0;
  while (offset < text.length) {
    const quote = text.indexOf('"', offset);
    const outside = text.slice(offset, quote === -1 ? text.length : quote);
    parts.push(outside.replace(NUMBER, (number) => (isExact(number) ? number : `"${number}"`)));
    if (quote === -1) break;
    const end = endOfString(text, quote);
    parts.push(text.slice(quote, end));
    offset = end;
  }
  return parts.join('');
}

/** The offset after the closing quote of the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, offset: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(offset - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}

/** True when the double nearest to the number is written with the same decimal value. */
function isExact(number: string): boolean {
  if (SHORT.test(number)) return true;
  const double = Number(number);
  return number.length <= LONGEST_JUDGED && Number.isFinite(double) && canonical(number) === canonical(String(double));
}

/** One spelling per decimal value: digits without zeros at the ends, and the power of ten of the first digit. */
function canonical(number: string): string {
  const [mantissa = '', exponent = '0'] = number.replace('-', '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const leading = digits.length - digits.replace(/^0+/, '').length;
  const significant = digits.slice(leading).replace(/0+$/, '');
  return significant === '' ? '0' : `${significant}e${Number(exponent) + whole.length - leading}`;
}
