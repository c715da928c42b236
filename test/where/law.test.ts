/** Laws that hold for every condition, every record. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/where/evaluate.ts';
import { normalise } from '../../src/where/normalise.ts';
import { parseWhere } from '../../src/where/parser.ts';
import { printWhere } from '../../src/where/print.ts';
import { truth } from '../../src/where/truth.ts';
import { bindings, expressions, fields, records } from './arbitrary.ts';
import { withoutSpans } from './without-spans.ts';

describe('every condition', () => {
  it('is what its canonical text parses to', () => {
    fc.assert(
      fc.property(expressions, (expr) => {
        const parsed = parseWhere(printWhere(expr));
        expect(parsed.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(withoutSpans(parsed.expr)).toEqual(withoutSpans(expr));
      }),
      { numRuns: 1000 },
    );
  });

  it('passes exactly the records for which it is true', () => {
    fc.assert(
      fc.property(expressions, records, (expr, record) => {
        const test = compileFilter(normalise(expr), fields)(bindings);
        expect(test(record)).toBe(truth(expr, fields, bindings, record) === true);
      }),
      { numRuns: 3000 },
    );
  });

  it('means the same in normal form', () => {
    fc.assert(
      fc.property(expressions, records, (expr, record) => {
        expect(truth(normalise(expr), fields, bindings, record)).toBe(truth(expr, fields, bindings, record));
      }),
      { numRuns: 3000 },
    );
  });

  it('splits all records into true, false and unknown', () => {
    fc.assert(
      fc.property(expressions, records, (expr, record) => {
        const pass = (kind: typeof expr): boolean => compileFilter(normalise(kind), fields)(bindings)(record);
        const passes = pass(expr);
        const fails = pass({ kind: 'not', arg: expr, span: expr.span });
        const isUnknown = truth(expr, fields, bindings, record) === null;
        expect([passes, fails, isUnknown].filter(Boolean)).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });
});
