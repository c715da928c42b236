/** Whatever a value holds, it stays one value: the vendor reads the same conditions, and the same literal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../src/dialect/compile.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { bindings, readWhere } from './object.ts';
import { readers } from './readers/all.ts';

const special = [
  "'",
  "''",
  '"',
  '\\',
  "\\'",
  '\\"',
  '\\\\',
  '\\z',
  '\\-',
  '%',
  '_',
  '!',
  '^',
  '^^',
  '^OR',
  '^NQ',
  ',',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{value}',
  '{{',
  '*',
  ':',
  ';',
  '--',
  '/*',
  ' OR ',
  ' AND ',
  ' or ',
  ' and ',
  ' NOT ',
  ' ',
  '\t',
  '\n',
  '\r',
  '\u0000',
  '\u0007',
  '\u2028',
  '\u00a0',
  '\ud800',
  '\udc00',
  '😀',
  'é',
  "' OR '1' = '1",
  '" OR "1"="1',
  "') OR (Id != NULL",
  '),or(equals(id,"7")',
  '")),TRUE(),OR(',
  '^ORid=7',
  '$ne',
  '$where',
  '=',
  '!=',
  '<',
  '>',
  '&',
  '#',
  '?',
  '/',
  '~',
  '|',
  '.',
  '+',
  '-',
  '$',
];
const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...special), fc.string({ maxLength: 3 })), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const wheres = [
  "id = '42' AND name = :name",
  "id = '42' AND name CONTAINS :name",
  "id = '42' AND status = :status",
  "id = '42' AND name STARTS WITH :name",
];

describe('a hostile value stays a value', () => {
  it.each(dialectNames)('%s', (name) => {
    const dialect = readDialect(name);
    const reader = readers[name];
    if (reader === undefined) throw new Error(`${name} has no reader`);
    const queries = wheres.map((text) => compileQuery(readWhere(text), dialect));
    fc.assert(
      fc.property(hostile, (value) => {
        const row = { name: value, title: value, status: value, score: 1, active: true };
        for (const query of queries) {
          const natives = query.bind(bindings({ name: value, status: value }));
          expect(natives.length).toBe(1);
          const isPushed = query.predicates[0]?.pushed !== 'no';
          for (const native of natives) {
            // A vendor that stores no empty text could not hold such a record.
            if (value !== '') expect(reader(native, { ...row, id: '42' })).toBe(true);
            if (isPushed) expect(reader(native, { ...row, id: '7' })).toBe(false);
          }
        }
      }),
      { numRuns: Number(process.env['LAW_RUNS'] ?? 500) },
    );
  });

  it('in the text of a where as much as in a parameter', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...dialectNames), (value, name) => {
        const dialect = readDialect(name);
        const quoted = value.replaceAll("'", "''");
        const query = compileQuery(readWhere(`id = '42' AND name IN ('${quoted}', 'plain')`), dialect);
        const row = { name: value, title: null, status: null, score: 1, active: true };
        const isPushed = query.predicates[0]?.pushed !== 'no';
        for (const native of query.bind(bindings())) {
          if (value !== '') expect(readers[name]?.(native, { ...row, id: '42' })).toBe(true);
          if (isPushed) expect(readers[name]?.(native, { ...row, id: '7' })).toBe(false);
        }
      }),
      { numRuns: Number(process.env['LAW_RUNS'] ?? 1000) },
    );
  });
});
