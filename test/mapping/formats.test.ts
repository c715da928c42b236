import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFunctions } from '../../src/mapping/formats.ts';

const { isoInstant, epochSecondsInstant, epochMillisInstant, isoDate, decimal, countryCode } = formatFunctions;

describe('every function', () => {
  test.each(Object.entries(formatFunctions))('%s gives nothing for nothing and null for null', (_name, read) => {
    expect(read(undefined)).toBeUndefined();
    expect(read(null)).toBeNull();
    expect(read('  ')).toBeNull();
    expect(() => read({})).toThrow(RangeError);
  });
});

describe('isoInstant', () => {
  test.each([
    ['2026-11-20T16:04:51.000+0000', '2026-11-20T16:04:51.000Z'],
    ['2026-11-20T16:04:51-08:00', '2026-11-21T00:04:51.000Z'],
    ['2026-11-20T16:04:51.87Z', '2026-11-20T16:04:51.870Z'],
    ['2026-11-20T16:04:51', '2026-11-20T16:04:51.000Z'],
    ['2026-11-20T16:04Z', '2026-11-20T16:04:00.000Z'],
    [1793491200123, '2026-11-01T00:00:00.123Z'],
  ])('%s', (written, instant) => {
    expect(isoInstant(written)).toBe(instant);
  });
  test.each(['yesterday', '2026-11-20', '2026-13-01T00:00:00Z', '20261120T160451Z'])('refuses %s', (written) => {
    expect(() => isoInstant(written)).toThrow(RangeError);
  });
  test('leaves what it made as it is', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(isoInstant(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });
});

test('epochs', () => {
  expect(epochSecondsInstant('1793491200')).toBe('2026-11-01T00:00:00.000Z');
  expect(epochMillisInstant(1793491200123)).toBe('2026-11-01T00:00:00.123Z');
  expect(() => epochMillisInstant('soon')).toThrow(RangeError);
});

test('isoDate', () => {
  expect(isoDate('2026-11-20')).toBe('2026-11-20');
  expect(isoDate('2026-11-20T23:30:00-08:00')).toBe('2026-11-21');
  expect(() => isoDate('2026-02-31')).toThrow(RangeError);
});

describe('decimal', () => {
  test.each([
    ['1500.00', '1500.00'],
    [1500, '1500'],
    [0.1, '0.1'],
    ['1.5e3', '1500'],
    [1.5e-7, '0.00000015'],
    ['-0.50', '-0.50'],
    ['.5', '0.5'],
    ['007', '7'],
    ['12345678901234567890.123', '12345678901234567890.123'],
    [1e21, '1000000000000000000000'],
  ])('%s', (written, text) => {
    expect(decimal(written)).toBe(text);
  });
  test.each(['', '1,5', 'abc', '1e', '.', '-'].filter((text) => text !== ''))('refuses %s', (written) => {
    expect(() => decimal(written)).toThrow(RangeError);
  });
  test('is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(decimal(number));
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(number === 0 ? Number(text) : number);
      }),
    );
  });
});

test('countryCode', () => {
  expect(countryCode('Germany')).toBe('DE');
  expect(countryCode('de')).toBe('DE');
  expect(countryCode('United States')).toBe('US');
  expect(countryCode('USA')).toBe('US');
  expect(countryCode('European Union')).toBeNull();
  expect(countryCode('Atlantis')).toBeNull();
});
