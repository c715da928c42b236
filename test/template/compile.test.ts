import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../src/template/compile.ts';

const values = {
  settings: { host: 'api.example.com', version: 3, secure: true, path: 'a b/c', none: null },
  where: { filters: [1, 2] },
  fields: ['Id', 'Email'],
};

describe('a text', () => {
  it.each([
    ['https://{settings.host}/v{settings.version}', 'https://api.example.com/v3'],
    ['{settings.version}', 3],
    ['{settings.secure}', true],
    ['{where}', { filters: [1, 2] }],
    ['q={where}', 'q={"filters":[1,2]}'],
    ['SELECT {fields} FROM Contact', 'SELECT Id,Email FROM Contact'],
    ['{fields}', ['Id', 'Email']],
    ['{missing}', undefined],
    ['{settings.none}', null],
    ['a{missing}b{settings.none}c', 'abc'],
    ['{{literal}}', '{literal}'],
    ['{{{settings.version}}}', '{3}'],
    ['query {{ orders(first: {settings.version}) {{ id }} }}', 'query { orders(first: 3) { id } }'],
    ['', ''],
    ['{settings.host.length}', undefined],
    ['{settings.constructor}', undefined],
  ])('%j renders to %j', (source, expected) => {
    const { template, diagnostics } = compileTemplate(source);
    expect(diagnostics).toEqual([]);
    expect(template.render(values)).toEqual(expected);
  });

  it('encodes the values and not the text around them', () => {
    const { template } = compileTemplate('/x y/{settings.path}/{settings.version}');
    expect(template.renderText(values, encodeURIComponent)).toBe('/x y/a%20b%2Fc/3');
    expect(compileTemplate('{settings.path}').template.renderText(values, encodeURIComponent)).toBe('a%20b%2Fc');
    expect(compileTemplate('{missing}').template.renderText(values)).toBe('');
  });

  it('names each placeholder once', () => {
    expect(compileTemplate({ a: '{x.y}{z}', b: ['{x.y}'] }).template.names).toEqual(['x.y', 'z']);
  });

  it.each([
    ['a {open', 2, 3, 'opened'],
    ['a} b', 1, 2, 'closed'],
    ['{}', 0, 2, 'no name'],
    ['{ id }', 0, 6, 'no placeholder name'],
    ['x{a..b}', 1, 7, 'no placeholder name'],
  ])('%j is diagnosed at its span', (source, start, end, words) => {
    const { diagnostics } = compileTemplate(source);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: 'connector-template', severity: 'error', span: { start, end } });
    expect(diagnostics[0]?.message).toContain(words);
    expect(diagnostics[0]?.help).toBeTruthy();
  });

  it('without braces renders to itself, and doubled braces to single ones', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const doubled = text.replaceAll('{', '{{').replaceAll('}', '}}');
        const { template, diagnostics } = compileTemplate(doubled);
        expect(diagnostics).toEqual([]);
        expect(template.render({})).toBe(text);
      }),
    );
  });

  it('never throws', () => {
    const hostile = fc.string({ unit: fc.constantFrom('{', '}', 'a', '.', '$', ' ') });
    fc.assert(fc.property(hostile, (text) => typeof compileTemplate(text).template.renderText({}) === 'string'));
  });
});

describe('a tree', () => {
  it('keeps types, leaves out what has no value, and shares nothing with its source', () => {
    const source = {
      filter: '{where}',
      limit: 100,
      after: '{cursor}',
      list: ['{settings.version}', '{cursor}'],
      no: null,
    };
    const { template } = compileTemplate(source);
    expect(template.render(values)).toEqual({ filter: { filters: [1, 2] }, limit: 100, list: [3], no: null });
    expect(template.render({ ...values, cursor: 'x' })).toMatchObject({ after: 'x', list: [3, 'x'] });
    expect(template.renderText({ cursor: 7 })).toBe('{"limit":100,"after":7,"list":[7],"no":null}');
  });

  it('says by JSON pointer where in the value a text is wrong', () => {
    const { diagnostics } = compileTemplate({ a: [{ 'b/c~d': '{' }], e: '}' });
    expect(diagnostics.map((diagnostic) => diagnostic.pointer)).toEqual(['/a/0/b~1c~0d', '/e']);
  });

  it('without placeholders renders to itself', () => {
    const plain = fc.json().filter((text) => !/[{}]/.test(stringsOf(JSON.parse(text)).join('')));
    fc.assert(
      fc.property(plain, (text) => {
        expect(JSON.stringify(compileTemplate(JSON.parse(text)).template.render({}))).toBe(
          JSON.stringify(JSON.parse(text)),
        );
      }),
    );
  });

  it('reports a tree that is too deep instead of overflowing', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    expect(compileTemplate(deep).diagnostics).toMatchObject([
      { code: 'connector-template', message: expect.stringContaining('deeper') },
    ]);
  });
});

/** The texts in a JSON value that are read as templates: its leaves, not its property names. */
function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.replace(/[^{}]/g, '')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
