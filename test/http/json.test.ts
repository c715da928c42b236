import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/http/json.ts';

describe('parseJson', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9007199254740992', 9007199254740992],
    ['12345678901234567890', '12345678901234567890'],
    ['1234567890123456', 1234567890123456],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['1.00000000000000000000', 1],
    ['100000000000000000000', 100000000000000000000],
    ['9999999999999.99', 9999999999999.99],
    ['99999999999999.99', '99999999999999.99'],
    ['9999999999999999.99', '9999999999999999.99'],
    ['1e400', '1e400'],
    ['-1E+400', '-1E+400'],
    ['1e-400', '1e-400'],
    ['0e999', 0],
    ['1e22', 1e22],
    ['"12345678901234567890"', '12345678901234567890'],
  ])('%s', (text, expected) => {
    expect(parseJson(text)).toBe(expected);
    expect(parseJson(`{"a":[${text}, ${text}],"b":${text}}`)).toEqual({ a: [expected, expected], b: expected });
  });

  it('leaves digits in texts and names alone', () => {
    const text = String.raw`{"12345678901234567890":"a 12345678901234567890 \" 98765432109876543210","\\":12345678901234567890,"\\\"":"\\"}`;
    expect(parseJson(text)).toEqual({
      '12345678901234567890': 'a 12345678901234567890 " 98765432109876543210',
      '\\': '12345678901234567890',
      '\\"': '\\',
    });
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1',
    '{12345678901234567890:1}',
    '[012345678901234567890]',
    '12345678901234567890.',
    '<html>',
    'NaN',
  ])('refuses %j as JSON.parse does', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('reads what has no long numbers as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps every integer exact', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string(), (integer, name) => {
        const read = parseJson(`{${JSON.stringify(name)}:${integer}}`);
        const value = Reflect.get(read as object, name);
        expect(BigInt(value)).toBe(integer);
        expect(typeof value).toBe(Number.isSafeInteger(Number(integer)) ? 'number' : typeof value);
      }),
    );
  });

  it('pollutes nothing', () => {
    parseJson('{"__proto__":{"polluted":true},"a":12345678901234567890}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('spends no time on hostile zeros', () => {
    const text = `[1${'0'.repeat(200_000)}1]`;
    const startedAtMs = performance.now();
    expect(parseJson(text)).toEqual([text.slice(1, -1)]);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});
