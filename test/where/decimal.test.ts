import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNumeric, parseDecimal, printNumeric, readNumeric } from '../../src/where/decimal.ts';

const PLACES = 12;
/** Decimals with their value in units of 10^-12, which BigInt holds without loss. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 34n), max: 10n ** 34n }), fc.integer({ min: 0, max: PLACES }))
  .map(([units, places]) => {
    const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
    const whole = digits.slice(0, digits.length - places);
    const text = (units < 0n ? '-' : '') + whole + (places === 0 ? '' : `.${digits.slice(digits.length - places)}`);
    return { text, units: units * 10n ** BigInt(PLACES - places) };
  });

function compareTexts(a: string, b: string): number {
  const [left, right] = [readNumeric(a), readNumeric(b)];
  if (left === undefined || right === undefined) throw new Error(`${a} or ${b} is not read`);
  return Math.sign(compareNumeric(left, right));
}

describe('decimals', () => {
  it('are ordered as whole numbers of their smallest unit are', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(compareTexts(a.text, b.text)).toBe(a.units < b.units ? -1 : a.units > b.units ? 1 : 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('are told apart one unit away', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (whole) => {
        expect(compareTexts(String(whole), String(whole + 1n))).toBe(-1);
        expect(compareTexts(String(whole), `${whole}.0`)).toBe(0);
      }),
    );
  });

  it('read from doubles are what the double is written as', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = readNumeric(String(number));
        expect(text !== undefined && compareNumeric(text, number)).toBe(0);
      }),
    );
  });

  it('are printed so that they are read as the same', () => {
    const texts = fc.oneof(
      decimals.map(({ text }) => text),
      fc.tuple(fc.integer(), fc.integer({ min: -990, max: 990 })).map(([digits, exponent]) => `${digits}e${exponent}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const printed = printNumeric(readNumeric(text) ?? Number.NaN) ?? '';
        expect(printed).toMatch(/^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/);
        expect(compareTexts(printed, text)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [' 5 ', 5],
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', -0],
    ['1E3', 1000],
    [10n, 10],
  ])('%o is a number', (value, number) => {
    expect(readNumeric(value)).toBe(number);
  });

  it.each([
    '',
    '.',
    '-',
    '1,000',
    '0x10',
    'Infinity',
    'NaN',
    '1e',
    '1e9999999',
    '1 2',
    null,
    true,
    [],
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('%o is none', (value) => {
    expect(readNumeric(value)).toBeUndefined();
  });

  it('with huge exponents are compared without being written out', () => {
    expect(compareTexts('1e999999', '2e999998')).toBe(1);
    expect(compareTexts('-1e999999', '1e-999999')).toBe(-1);
    expect(parseDecimal('0e999999')?.digits).toBe('');
    expect(printNumeric(readNumeric('1e5000') ?? 0)).toBeNull();
  });
});
