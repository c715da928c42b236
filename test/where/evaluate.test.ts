import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field, Normal, Predicate } from '../../src/where/ast.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { truth } from '../../src/where/truth.ts';
import { makeField, makeFields } from '../dialect/object.ts';

const span = { start: 0, end: 0 };
const nothing = { parameters: {}, nowMs: 0 };

function present(field: Field): Predicate {
  return { kind: 'null', field: { name: field.name, span }, negated: true, span };
}

/** Names that a record may have, among them those that source is made of and those that every object inherits. */
const key = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'length',
    'at',
    'record',
    't0',
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '"] ?? process.exit(1) //',
    '*/',
    '\n',
    '\u2028',
    '\u2029',
    '\ud800',
    '',
    0,
    1,
  ),
  fc.string({ maxLength: 3 }),
);

/** A record with something at the path, or that ends, or turns into something else, on the way there. */
const pathAndRecord = fc
  .record({
    path: fc.array(key, { minLength: 1, maxLength: 4 }),
    depth: fc.nat(4),
    end: fc.constantFrom<unknown>(1, 'text', true, null, undefined, {}, [], [[1]], { at: 1 }),
  })
  .map(({ path, depth, end }) => {
    const record = path.slice(0, depth).reduceRight<unknown>((inner, step) => {
      const holder: Record<string, unknown> = {};
      Object.defineProperty(holder, step, { value: inner, enumerable: true });
      return holder;
    }, end);
    return { path, record };
  });

describe('a compiled filter', () => {
  it('reads a path as the meaning of the language does, whatever its steps are called', () => {
    fc.assert(
      fc.property(pathAndRecord, ({ path, record }) => {
        const fields = makeFields(makeField('f', 'text', { path }));
        const predicate = present(fields.get('f') as Field);
        const wanted = truth(predicate, fields, nothing, record) === true;
        expect(compileFilter(predicate, fields)(nothing)(record)).toBe(wanted);
      }),
      { numRuns: 5000 },
    );
  });

  it('sees no property that a record inherits', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'map', 'length']) {
      const fields = makeFields(makeField('f', 'text', { path: ['a', name] }));
      const passes = compileFilter(present(fields.get('f') as Field), fields)(nothing);
      for (const a of [{}, 'text', 7, () => 0]) expect(passes({ a }), name).toBe(false);
      expect(passes(JSON.parse(`{"a":{"${name}":"own"}}`)), name).toBe(true);
    }
  });

  it('takes as many predicates as a where can hold', () => {
    const fields = makeFields(makeField('f', 'number', { path: ['f'] }));
    const args = Array.from(
      { length: 5000 },
      (_, index): Predicate => ({
        kind: 'compare',
        field: { name: 'f', span },
        op: '=',
        value: { kind: 'number', text: String(index), span },
        span,
      }),
    );
    const any: Normal = { kind: 'or', args, span };
    const passes = compileFilter(any, fields)(nothing);
    expect([passes({ f: 4999 }), passes({ f: 5000 })]).toEqual([true, false]);
  });

  it('is never true of a field that is not declared, and goes on with the rest', () => {
    const fields = makeFields(makeField('f', 'text', { path: ['f'] }));
    const known = present(fields.get('f') as Field);
    const unknown = present(makeField('g', 'text'));
    const filter = (kind: 'and' | 'or'): boolean =>
      compileFilter({ kind, args: [unknown, known], span }, fields)(nothing)({ f: 'x', g: 'x' });
    expect([filter('and'), filter('or')]).toEqual([false, true]);
  });
});
