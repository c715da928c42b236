/** Dialects that contradict themselves, and overrides. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/definition/dialect.ts';
import { checkDialect } from '../../src/dialect/check.ts';
import { resolveDialect } from '../../src/dialect/resolve.ts';
import { dialectNames, readDialect } from './dialects.ts';

const schema: unknown = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../schemas/dialect.schema.json', import.meta.url)), 'utf8'),
);
const ajv = new Ajv2020.default({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(schema as object);

/** Every object of the schema that describes a property. */
function properties(node: unknown, at: string): [string, Record<string, unknown>][] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const own =
      key === 'properties' && value !== null && typeof value === 'object'
        ? Object.entries(value as Record<string, Record<string, unknown>>).map(
            ([name, property]): [string, Record<string, unknown>] => [`${at}/${name}`, property],
          )
        : [];
    return [...own, ...properties(value, `${at}/${key}`)];
  });
}

describe('the schema', () => {
  it('describes every property, with an example', () => {
    const bare = properties(schema, '').filter(
      ([, property]) =>
        !('$ref' in property) && (property['description'] === undefined || property['examples'] === undefined),
    );
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('gives examples that follow it', () => {
    const wrong = properties(schema, '').flatMap(([name, property]) =>
      '$ref' in property || JSON.stringify(property).includes('$ref')
        ? []
        : (property['examples'] as unknown[]).filter((example) => !ajv.validate(property, example)).map(() => name),
    );
    expect(wrong).toEqual([]);
  });

  it.each(dialectNames)('holds for %s, which does not contradict itself', (name) => {
    const dialect = readDialect(name);
    expect(validate(dialect), JSON.stringify(validate.errors)).toBe(true);
    expect(dialect.name).toBe(name);
    expect(checkDialect(dialect)).toEqual([]);
  });
});

it.each(dialectNames.filter((name) => name !== 'none'))(
  '%s can be said in a connector, as an extension of none',
  (name) => {
    const { $schema: _schema, ...own } = readDialect(name) as Dialect & { readonly $schema?: string };
    const { dialect, diagnostics } = resolveDialect(readDialect('none'), { extends: 'none', ...own });
    expect(diagnostics).toEqual([]);
    expect(dialect).toMatchObject(own);
    expect(validate(dialect), JSON.stringify(validate.errors)).toBe(true);
  },
);

/** A base, what is changed in it, and where the contradiction is found. */
const contradictions: readonly [what: string, base: string, change: Record<string, unknown>, pointer: string][] = [
  ['an unknown placeholder', 'soql', { operators: { '=': { emit: '{field} = {vaule}' } } }, '/operators/=/emit'],
  ['an operator without its value', 'soql', { operators: { '=': { emit: '{field} = 1' } } }, '/operators/=/emit'],
  ['a list without a list literal', 'soql', { literals: { list: null } }, '/operators/in/emit'],
  [
    'a template of another builder',
    'soql',
    { operators: { '=': { emit: { '{field}': '{value}' } } } },
    '/operators/=/emit',
  ],
  [
    'text in a dialect of parameters',
    'bracket-ops',
    { operators: { '=': { emit: '{field}={value}' } } },
    '/operators/=/emit',
  ],
  [
    'a value in the name of a parameter',
    'bracket-ops',
    { operators: { '=': { emit: { '{value}': '{field}' } } } },
    '/operators/=/emit',
  ],
  ['quotes around a literal', 'soql', { operators: { '=': { emit: "{field} = '{value}'" } } }, '/operators/=/emit'],
  ['an answer without a literal', 'soql', { literals: { timestamp: null } }, '/operators/=/answers/timestamp'],
  [
    'a negation of what returns more',
    'soql',
    { operators: { '!=': { answers: { text: 'exact' } } } },
    '/operators/!=/answers/text',
  ],
  [
    'an exact LIKE beside a caseless =',
    'soql',
    { operators: { like: { answers: { text: 'exact' } } } },
    '/operators/like/answers/text',
  ],
  [
    'a pattern without wildcards',
    'soql',
    { operators: { like: { literals: { text: { wildcards: null } } } } },
    '/operators/like/literals/text',
  ],
  [
    'an exact pattern without a wildcard for one',
    'mongo-json',
    { operators: { like: { literals: { text: { wildcards: { one: null } } } } } },
    '/operators/like/literals/text',
  ],
  ['nulls of a test for null', 'soql', { operators: { 'is null': { nulls: 'included' } } }, '/operators/is null/nulls'],
  ['a quote that a value may hold', 'soql', { literals: { text: { escape: [['\\', '\\\\']] } } }, '/literals/text'],
  [
    'a quote that is forbidden only where it stands alone',
    'soql',
    { literals: { text: { escape: [['\\', '\\\\']], forbidden: "^'$" } } },
    '/literals/text',
  ],
  [
    'an escape that a value may hold',
    'soql',
    { literals: { text: { escape: [["'", "\\'"]] } } },
    '/literals/text/escape',
  ],
  [
    'an escape that a value in a tree may hold',
    'domain-prefix',
    {
      operators: {
        like: {
          literals: {
            text: {
              escape: [
                ['%', '\\%'],
                ['_', '\\_'],
              ],
            },
          },
        },
      },
    },
    '/operators/like/literals/text/escape',
  ],
  [
    'a wildcard that a value may hold',
    'sql92',
    { operators: { like: { literals: { text: { escape: [["'", "''"]] } } } } },
    '/operators/like/literals/text',
  ],
  [
    'a quote that a value of one field may hold',
    'soql',
    {
      fields: {
        name: {
          operators: {
            '=': {
              emit: '{field} = {value}',
              answers: { text: 'superset' },
              literals: { text: { escape: [['\\', '\\\\']] } },
            },
          },
        },
      },
    },
    '/fields/name/operators/=/literals/text',
  ],
  [
    'a field’s own negation of what returns more',
    'soql',
    { fields: { name: { operators: { '!=': { emit: '{field} != {value}', answers: { text: 'exact' } } } } } },
    '/fields/name/operators/!=/answers/text',
  ],
  [
    'a character both escaped and forbidden',
    'soql',
    { literals: { text: { forbidden: "'" } } },
    '/literals/text/escape',
  ],
  ['a broken regular expression', 'soql', { literals: { text: { forbidden: '[' } } }, '/literals/text/forbidden'],
  ['bare text with nothing forbidden', 'soql', { literals: { text: { quote: null } } }, '/literals/text'],
  [
    'seconds as milliseconds',
    'hubspot-search',
    { literals: { timestamp: { format: 'epoch-s' } } },
    '/literals/timestamp/unit',
  ],
  [
    'a pattern that cannot say its unit',
    'soql',
    { literals: { timestamp: { unit: 'ms' } } },
    '/literals/timestamp/format',
  ],
  [
    'a zone that does not exist',
    'soql',
    { literals: { timestamp: { zone: 'Mars/Base', format: 'yyyy-MM-dd HH:mm:ss' } } },
    '/literals/timestamp/zone',
  ],
  ['a Z in another zone', 'soql', { literals: { timestamp: { zone: 'Europe/Berlin' } } }, '/literals/timestamp/format'],
  ['a dnf without limits', 'hubspot-search', { boolean: { limits: null } }, '/boolean/limits'],
  ['a dnf without a form for groups', 'hubspot-search', { boolean: { and: null } }, '/boolean'],
  [
    'a join of another builder',
    'hubspot-search',
    { boolean: { or: { emit: null, separator: ' OR ', nested: '{args}' } } },
    '/boolean/or',
  ],
  [
    'an OR that is never joined',
    'quickbooks-query',
    { boolean: { or: { separator: ' OR ', nested: '({args})' } } },
    '/boolean/or',
  ],
  ['a merge under OR', 'mongo-json', { boolean: { and: { emit: null, merge: true } } }, '/boolean/and'],
  [
    'half of a Polish notation',
    'domain-prefix',
    { boolean: { or: { prefix: null, emit: { or: '{args}' } } } },
    '/boolean',
  ],
  ['a join that forgets its conditions', 'soql', { boolean: { and: { nested: '()' } } }, '/boolean/and'],
  ['parameters in a free shape', 'bracket-ops', { boolean: { shape: 'free' } }, '/boolean/shape'],
  [
    'groups of parameters without their places',
    'search-criteria',
    { operators: { '=': { emit: { '{field}': '{value}' } } } },
    '/operators/=/emit',
  ],
  ['a negation of parameters', 'bracket-ops', { negation: { emit: { not: '{arg}' }, nulls: 'excluded' } }, '/negation'],
  ['a negation of nothing', 'sql92', { negation: { emit: 'NOT' } }, '/negation/emit'],
  ['something to fill in where nothing is asked', 'soql', { empty: '{field} != NULL' }, '/empty'],
  ['a frame without the query', 'soql', { whole: 'WHERE' }, '/whole'],
  ['only fields, and none of them', 'rest-since', { fields: null }, '/onlyFields'],
];

describe('a contradiction is found', () => {
  it.each(contradictions)('%s', (_what, base, change, pointer) => {
    const { diagnostics } = resolveDialect(readDialect(base), { extends: base, ...change });
    expect(diagnostics.map((diagnostic) => diagnostic.pointer)).toContain(pointer);
    for (const diagnostic of diagnostics) {
      expect(diagnostic).toMatchObject({ code: 'dialect-contradiction', severity: 'error' });
      expect(diagnostic.help).toBeTruthy();
    }
  });
});

describe('an override', () => {
  const soql = readDialect('soql');

  it('merges objects, takes away what is null and replaces the rest', () => {
    const { dialect, diagnostics } = resolveDialect(soql, {
      extends: 'soql',
      boolean: { limits: { length: 100, measure: null } },
      operators: { ilike: null, '=': { answers: { id: 'exact' } } },
    });
    expect(diagnostics).toEqual([]);
    expect(dialect?.boolean).toEqual({ ...soql.boolean, limits: { length: 100 } });
    expect(dialect?.operators).not.toHaveProperty('ilike');
    expect(dialect?.operators['=']?.answers).toEqual({ ...soql.operators['=']?.answers, id: 'exact' });
    expect(dialect).not.toHaveProperty('extends');
  });

  it('replaces a template as a whole', () => {
    const base = readDialect('rest-since');
    const own = { updated_at: { operators: { '>=': { emit: { modified_after: '{value}' } } } } };
    const { dialect } = resolveDialect(base, { extends: 'rest-since', fields: own });
    expect(dialect?.fields?.['updated_at']?.operators?.['>=']?.emit).toEqual({ modified_after: '{value}' });
  });

  it('of another shape is refused', () => {
    const { dialect, diagnostics } = resolveDialect(soql, { extends: 'soql', literals: 'quoted' });
    expect(dialect).toBeNull();
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(['/literals']);
  });

  it('changes nothing in the dialect it starts from', () => {
    const before = JSON.stringify(soql);
    resolveDialect(soql, { extends: 'soql', literals: { text: { maxLength: 1 } } });
    expect(JSON.stringify(soql)).toBe(before);
  });
});

it('a key of an object’s prototype is a key', () => {
  const { dialect } = resolveDialect(
    readDialect('soql'),
    JSON.parse('{"extends":"soql","fields":{"__proto__":{"name":"x"}}}') as Record<string, unknown>,
  );
  expect(Object.keys((dialect as Dialect).fields ?? {})).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['name']).toBeUndefined();
});
