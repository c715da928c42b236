import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../src/dialect/compile.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { judgesOf } from './judges/all.ts';
import { breach, lawCase } from './law.ts';
import { readWhere } from './object.ts';

const panel = dialectNames.flatMap((name) => judgesOf(name).map((judge) => ({ name, ...judge })));

describe('a where is the vendor’s answer and the residual', () => {
  it.each(panel)('$name, judged by $by', ({ name, reader, spell = (dialect) => dialect, store }) => {
    const dialect = spell(readDialect(name));
    fc.assert(
      fc.property(lawCase, (given) => {
        expect(breach(compileQuery, readWhere(given.text), dialect, reader, given, store)).toBeNull();
      }),
      { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
    );
  });
});
