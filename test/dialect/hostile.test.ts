/** Wheres and names that nobody in their senses writes: they make no more work than their length, and no condition is left out. */
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/definition/dialect.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { checkWhere } from '../../src/where/check.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { counted } from './counted.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { judgesOf } from './judges/all.ts';
import { bindings, contact, makeField, makeFields, readWhere } from './object.ts';

/** How often each part of a where may be looked at; eleven times was the most when this was written. */
const mostReads = 20;

/** Long, but within what is read. */
const long: Readonly<Record<string, string>> = {
  'a list of 4,900 numbers': `score IN (${Array.from({ length: 4900 }, (_, index) => index % 1000).join(',')})`,
  'a list of 1,500 ids': `id NOT IN (${Array.from({ length: 1500 }, (_, index) => `'${index}'`).join(',')})`,
  'two lists that would multiply': ['id', 'status']
    .map((name) => `${name} IN (${Array.from({ length: 1000 }, (_, index) => `'${index}'`).join(',')})`)
    .join(' AND '),
  '700 conditions': Array.from({ length: 700 }, (_, index) => `score != ${index}`).join(' AND '),
  '700 arms': Array.from({ length: 700 }, (_, index) => `status = '${index}'`).join(' OR '),
  'an AND of ORs that would expand to 3^300': Array.from(
    { length: 300 },
    (_, index) => `(score = ${index} OR id = '${index}' OR active = true)`,
  ).join(' AND '),
  'NOT over NOT': `${'NOT ('.repeat(99)}score > 1${')'.repeat(99)}`,
  'text of 19,000 quotes': `name = '${"''".repeat(9500)}'`,
  'text of line ends': `name CONTAINS '${'\n\r\t'.repeat(6000)}'`,
  'right to left': `name = '\u202e\u2066txt.exe\u2069' OR title = '\u200f\u061c'`,
  'half pairs': `name = '\ud800' OR name = '\udc00' OR name LIKE '\ud83d%'`,
  NUL: `name = '\u0000' OR name STARTS WITH 'a\u0000b'`,
};

const records = [
  { id: '7', score: 3, active: true, status: '7', name: "'".repeat(9500), title: null },
  { id: '9999', score: 5000, active: false, status: '70', name: '\ud800', title: '\u200f\u061c' },
  { id: '9999', score: -1, active: null, status: '', name: 'a\u0000b', title: 'x' },
  { id: '42', score: null, active: true, status: null, name: `${'\n\r\t'.repeat(6000)}!`, title: '\u202e' },
];

describe.each(dialectNames)('%s', (name) => {
  it.each(Object.entries(long))('%s', (_what, text) => {
    const where = readWhere(text);
    const wanted = compileFilter(where.normal, contact)(bindings());
    for (const { reader, spell = (dialect: Dialect) => dialect } of judgesOf(name).slice(0, 1)) {
      const looked = counted(where);
      const query = compileQuery(looked.where, spell(readDialect(name)));
      const natives = query.bind(bindings());
      expect(looked.reads()).toBeLessThanOrEqual(mostReads * looked.nodes);
      const rest = query.residual === null ? () => true : compileFilter(query.residual, contact)(bindings());
      for (const record of records) {
        const answered = natives.some((native) => reader(native, record));
        // A vendor that stores no empty text could not hold the third record.
        if (record.status !== '' || !wanted(record)) expect(answered && rest(record)).toBe(wanted(record));
      }
    }
  });

  it('does not take a field for what every object inherits', () => {
    const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];
    const fields = makeFields(...inherited.map((field) => makeField(field, 'id')));
    const text = inherited.map((field) => `\`${field}\` = '7'`).join(' AND ');
    const { where } = checkWhere(text, fields);
    if (where === null) throw new Error('not read');
    const dialect: Dialect = { ...readDialect(name), fields: {} };
    const query = compileQuery(where, dialect);
    const written = JSON.stringify(query.bind(bindings()));
    for (const [index, field] of inherited.entries()) {
      expect(query.predicates[index]?.pushed === 'no' || written.includes(field), field).toBe(true);
    }
    expect(written).not.toMatch(/Object|native code|\[object/);
    const passes = compileFilter(where.normal, fields)(bindings());
    expect(passes({})).toBe(false);
    expect(passes(JSON.parse(`{${inherited.map((field) => `"${field}":"7"`).join(',')}}`))).toBe(true);
  });
});

describe('too much', () => {
  const texts: Readonly<Record<string, string>> = {
    'a megabyte': `name = '${'x'.repeat(1_000_000)}'`,
    'ten thousand parentheses': `${'('.repeat(9990)}score = 1${')'.repeat(9990)}`,
    'a list of ten thousand': `score IN (${Array.from({ length: 10_000 }, (_, index) => index).join(', ')})`,
    // Whoever read on would have something to say of it.
    'a megabyte of no words': '§'.repeat(1_000_000),
    'ten thousand parentheses before no field': `${'('.repeat(9990)}nothing = 1${')'.repeat(9990)}`,
    'parentheses that never end': '('.repeat(19_000),
  };
  it.each(Object.entries(texts))('%s is refused with a diagnostic, and read no further', (_what, text) => {
    const { where, diagnostics } = checkWhere(text, contact);
    expect(where).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toEqual([
      expect.stringMatching(/^where-too-(?:long|deep)$/) as unknown as string,
    ]);
  });
});
