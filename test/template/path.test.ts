import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, parsePath, readPath, writePath } from '../../src/template/path.ts';

describe('parsePath', () => {
  it.each([
    ['', []],
    ['results', ['results']],
    ['paging.next.after', ['paging', 'next', 'after']],
    ['[0].errorCode', [0, 'errorCode']],
    ['a[0][1].b', ['a', 0, 1, 'b']],
    ["['@odata.nextLink']", ['@odata.nextLink']],
    ['@odata', ['@odata']],
    ['a["x.y"].z', ['a', 'x.y', 'z']],
    ["['it\\'s']", ["it's"]],
    ['first-name', ['first-name']],
  ])('%j', (text, steps) => {
    expect(checkPath(text)).toEqual([]);
    expect(parsePath(text)).toEqual(steps);
  });

  it.each([
    ['a[', 1],
    ['a.', 1],
    ['.a', 0],
    ['a..b', 1],
    ['[x]', 0],
    ["['open", 0],
    ['[0]a', 3],
    ['a b', 1],
  ])('%j is diagnosed and reads nothing', (text, start) => {
    expect(checkPath(text)).toMatchObject([{ code: 'connector-path', span: { start, end: text.length } }]);
    expect(readPath({ a: { b: 1, '': 2 }, b: 1, x: 1 }, parsePath(text))).toBeUndefined();
  });

  it('is total', () => {
    const hostile = fc.string({ unit: fc.constantFrom('a', '.', '[', ']', "'", '"', '\\', '0', ' ') });
    fc.assert(fc.property(hostile, (text) => Array.isArray(parsePath(text)) && Array.isArray(checkPath(text))));
  });
});

describe('readPath', () => {
  const value = { a: [{ b: null }, { b: 2 }], 'x.y': 1 };
  it.each([
    ['', value],
    ['a[1].b', 2],
    ['a[0].b', null],
    ['a[0].b.c', undefined],
    ['a[2].b', undefined],
    ['a.length', undefined],
    ['a.1', undefined],
    ["['x.y']", 1],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%j', (path, expected) => {
    expect(readPath(value, parsePath(path))).toEqual(expected);
  });
});

describe('writePath', () => {
  it('makes what is missing and shares what it does not touch', () => {
    const value = { keep: { deep: 1 }, page: { size: 2 } };
    const written = writePath(value, ['page', 'after'], 'x');
    expect(written).toEqual({ keep: { deep: 1 }, page: { size: 2, after: 'x' } });
    expect(value).toEqual({ keep: { deep: 1 }, page: { size: 2 } });
    expect(writePath(undefined, ['a', 0, 'b'], 1)).toEqual({ a: [{ b: 1 }] });
  });

  it('reads back what was written', () => {
    const step = fc.oneof(fc.string(), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.jsonValue(), fc.jsonValue(), (path, value, written) => {
        expect(readPath(writePath(value, path, written), path)).toEqual(written);
      }),
    );
  });

  it('puts no property on a prototype', () => {
    writePath({}, ['__proto__', 'polluted'], true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
