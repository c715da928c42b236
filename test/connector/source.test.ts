import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonProblem } from '../../src/connector/json-syntax.ts';
import { parseSource } from '../../src/connector/source.ts';
import type { Place } from '../../src/diagnostic/diagnostic.ts';

/** The text of a file between the two ends of a place. */
function cut(text: string, { line, column, endLine, endColumn }: Place): string {
  const lines = text.split('\n');
  const offset = (atLine: number, atColumn: number) =>
    lines.slice(0, atLine - 1).reduce((sum, each) => sum + each.length + 1, 0) + atColumn - 1;
  return text.slice(offset(line, column), offset(endLine ?? line, endColumn ?? column));
}

describe('places in JSON', () => {
  const text =
    '{\n  "objects": {\n    "contact": { "where": "a = \\"x\\" AND \\u00e4b\\/c = 1", "list": [1, {"deep": null}] }\n  }\n}\n';
  const source = parseSource('acme.json', text);

  test('the value is the parsed file', () => {
    expect(source.diagnostics).toEqual([]);
    expect(source.value).toEqual(JSON.parse(text));
  });
  test.each([
    ['/objects/contact/list', '[1, {"deep": null}]'],
    ['/objects/contact/list/1/deep', 'null'],
    ['/objects/contact/list/0', '1'],
    ['/objects/contact/missing', '{ "where": "a = \\"x\\" AND \\u00e4b\\/c = 1", "list": [1, {"deep": null}] }'],
  ])('%s', (pointer, expected) => {
    expect(cut(text, source.place(pointer))).toBe(expected);
  });
  test('the name of a property', () => {
    expect(cut(text, source.placeOfName('/objects/contact'))).toBe('"contact"');
    expect(source.placeOfName('/objects/contact')).toMatchObject({ file: 'acme.json', line: 3, column: 5 });
  });
  test('a span in a text that has escapes', () => {
    const where = 'a = "x" AND äb/c = 1';
    const span = (part: string) => ({ start: where.indexOf(part), end: where.indexOf(part) + part.length });
    expect(cut(text, source.place('/objects/contact/where', span('"x"')))).toBe('\\"x\\"');
    expect(cut(text, source.place('/objects/contact/where', span('äb/c')))).toBe('\\u00e4b\\/c');
    expect(cut(text, source.place('/objects/contact/where', span('1')))).toBe('1');
    expect(cut(text, source.place('/objects/contact/where', { start: where.length, end: where.length }))).toBe('');
  });
});

describe('places in YAML', () => {
  const text = [
    "single: 'it''s = 1 AND b = 2'",
    'plain: a = 1 AND',
    '  b = 2',
    'double: "tab\\t = 1 AND \\',
    '  b = 2"',
    'literal: |',
    '    a = 1 AND',
    '      b = 2',
    'folded: >-',
    '  a = 1',
    '  AND',
    '',
    '  b = 2',
    'seq:',
    '  - b = 2',
    '',
  ].join('\n');
  const source = parseSource('acme.yaml', text);
  test.each([['single'], ['plain'], ['double'], ['literal'], ['folded'], ['seq/0']])('%s', (name) => {
    expect(source.diagnostics).toEqual([]);
    const value = name
      .split('/')
      .reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], source.value);
    const start = String(value).indexOf('b = 2');
    const place = source.place(`/${name}`, { start, end: start + 5 });
    expect(cut(text, place)).toBe('b = 2');
  });
});

describe('spans', () => {
  const scalarText = fc.string({
    unit: fc.constantFrom('a', ' ', '"', "'", '\\', 'é', '😀', '\n', '\t', '/', '#', ':', '\u2028', '\u00a0'),
    maxLength: 20,
  });

  test('of JSON texts, escaped or not, point at the writing of each character', () => {
    fc.assert(
      fc.property(scalarText, fc.boolean(), fc.nat(), (value, ascii, pick) => {
        const written = ascii
          ? `"${[...Array(value.length).keys()].map((index) => `\\u${value.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`
          : JSON.stringify(value);
        const text = `{"x": ${written}}`;
        const source = parseSource('x.json', text);
        expect(source.value).toEqual({ x: value });
        if (value === '') return;
        const at = pick % value.length;
        const piece = cut(text, source.place('/x', { start: at, end: at + 1 }));
        expect(JSON.parse(`"${piece}"`)).toBe(value.charAt(at));
      }),
      { numRuns: 1000 },
    );
  });

  test('of any YAML text stay within it and in order', () => {
    const folding = fc.constantFrom('>', '|', '>-', '|+', '');
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '"', 'é'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(folding, fc.array(line, { minLength: 1, maxLength: 5 }), (header, written) => {
        const text = `x: ${header}\n${written.map((each) => `  ${each}`).join('\n')}\ny: 1\n`;
        const source = parseSource('x.yaml', text);
        const value = (source.value as { readonly x?: unknown } | undefined)?.x;
        if (typeof value !== 'string') return;
        for (let at = 0; at < value.length; at += 1) {
          const piece = cut(text, source.place('/x', { start: at, end: at + 1 }));
          if (/\S/.test(value.charAt(at)) && header !== '') expect(piece).toBe(value.charAt(at));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('broken files', () => {
  test.each([
    ['x.json', '{"a": tru}', 1, 7, 'value'],
    ['x.json', '{"a": 1,}', 1, 9, 'property name'],
    ['x.json', '{\n "a": 1\n "b": 2}', 3, 2, 'comma'],
    ['x.json', "{'a': 1}", 1, 2, 'property name'],
    ['x.json', '{"a": 1} x', 1, 10, 'end'],
    ['x.json', '{"a": [1, 2', 1, 12, 'ends where'],
    ['x.json', '', 1, 1, 'ends where'],
    ['x.json', '{"a": 01}', 1, 7, 'value'],
    ['x.json', '// no\n{}', 1, 1, 'value'],
    ['x.json', '{"a":1,"a":2}', 1, 8, 'twice'],
    ['x.json', '{"a":1,"b":{"a":[{"a":1}]},\n"\\u0061":2}', 2, 1, 'twice'],
    ['x.yaml', 'a: 1\na: 2', 2, 1, 'twice'],
    ['x.yaml', 'a: [1\nb: 2', 2, 1, 'sequence'],
    ['x.yaml', 'a: *x', 1, 1, 'alias'],
    ['x.yaml', '--- a\n--- b', 2, 1, 'multiple'],
    ['x.yaml', 'a: &x [*x]', 1, 1, 'deeper'],
  ])('%s %j', (file, text, line, column, words) => {
    const { diagnostics } = parseSource(file, text);
    expect(diagnostics[0]).toMatchObject({ code: 'file-syntax', severity: 'error', place: { file, line, column } });
    expect(diagnostics[0]?.message).toContain(words);
  });

  test.each([
    ['x.json', '[', ']', 101],
    ['x.json', '{"a":', '}', 501],
    ['x.yaml', '[', ']', 103],
    ['x.yaml', '{a: ', '}', 406],
    ['x.yaml', '- ', '', 204],
  ])('%s of %j in itself is a diagnostic, however deep', (file, open, close, column) => {
    const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
    expect(parseSource(file, nested(100)).diagnostics).toEqual([]);
    expect(parseSource(file, nested(101)).diagnostics).toHaveLength(1);
    const { value, diagnostics, place } = parseSource(file, nested(20_000));
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'file-syntax', place: { file, line: 1, column } }]);
    expect(diagnostics[0]?.message).toContain('deeper');
    expect(place('/a')).toMatchObject({ file });
  });

  test('a bomb of aliases is a diagnostic', () => {
    const text = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
    ].join('\n');
    expect(parseSource('x.yaml', text).diagnostics).toHaveLength(1);
  });

  test('JSON is what JSON.parse takes', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\n',
      '"\\u00e4"',
      '"\\x"',
      "'",
      '"',
      '\t',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 9 }).map((all) => all.join('')),
          fc.json(),
        ),
        (text) => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          expect(findJsonProblem(text) === null).toBe(valid);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('any text yields a source', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('x.json', 'x.yaml'), (text, file) => {
        const source = parseSource(file, text);
        source.place('/a/b', { start: 1, end: 2 });
        source.placeOfName('/a');
      }),
      { numRuns: 1000 },
    );
  });

  test('JSON reads as YAML to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(parseSource('x.yaml', text).value).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });
});
