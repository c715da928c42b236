import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../src/dialect/compile.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { breach, lawCase, stores } from './law.ts';
import { readWhere } from './object.ts';
import { readers } from './readers/all.ts';

describe('a where is the vendor’s answer and the residual', () => {
  it.each(dialectNames)('%s', (name) => {
    const dialect = readDialect(name);
    const reader = readers[name];
    if (reader === undefined) throw new Error(`${name} has no reader`);
    fc.assert(
      fc.property(lawCase, (given) => {
        expect(breach(compileQuery, readWhere(given.text), dialect, reader, given, stores[name])).toBeNull();
      }),
      { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
    );
  });
});
