/**
 * Languages that are not shipped, written with nothing but the words of the schema: what it cannot say would show
 * here. The first is held to the law by a reader of its own.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Answers, Dialect, TextLiteral } from '../../src/definition/dialect.ts';
import { checkDialect } from '../../src/dialect/check.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { resolveDialect } from '../../src/dialect/resolve.ts';
import { readDialect } from './dialects.ts';
import { breach, lawCase } from './law.ts';
import { bindings, readWhere } from './object.ts';
import { pivotCase, pivotLawCase } from './pivot.ts';
import { reader } from './readers/ldap.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const isDialect = ajv.compile(
  JSON.parse(readFileSync(new URL('../../schemas/dialect.schema.json', import.meta.url), 'utf8')) as object,
);

const folding: Answers = { text: 'superset', enum: 'superset', id: 'superset' };
const byOrder: Answers = { number: 'exact', timestamp: 'exact' };
const everywhere: Answers = { text: 'exact', enum: 'exact', id: 'exact', boolean: 'exact', ...byOrder };
/** RFC 4515 §3: these five as a backslash and two digits. */
const hexadecimal: TextLiteral = {
  escape: [
    ['\\', '\\5c'],
    ['*', '\\2a'],
    ['(', '\\28'],
    [')', '\\29'],
    ['\0', '\\00'],
  ],
  forbidden: '[\\x01-\\x1f\\x7f]',
  minLength: 1,
};

const ldap: Dialect = {
  name: 'ldap',
  description: 'Filters of LDAP, RFC 4515.',
  builder: 'text',
  field: { allowed: '^[A-Za-z][A-Za-z0-9_;-]*$' },
  literals: {
    text: hexadecimal,
    number: {},
    boolean: { true: 'TRUE', false: 'FALSE' },
    timestamp: { format: "yyyyMMddHHmmss'.'SSS'Z'", unit: 'ms', compares: 'finer' },
  },
  operators: {
    '=': { emit: '({field}={value})', answers: { ...folding, number: 'exact', boolean: 'exact', timestamp: 'exact' } },
    '<=': { emit: '({field}<={value})', answers: byOrder },
    '>=': { emit: '({field}>={value})', answers: byOrder },
    '<': { emit: '(&({field}<={value})(!({field}={value})))', answers: byOrder },
    'starts with': { emit: '({field}={value}*)', answers: { text: 'superset' } },
    'ends with': { emit: '({field}=*{value})', answers: { text: 'superset' } },
    'is null': { emit: '(!({field}=*))', answers: everywhere },
    'is not null': { emit: '({field}=*)', answers: everywhere },
  },
  negation: { emit: '(!{arg})', nulls: 'excluded' },
  boolean: {
    shape: 'free',
    and: { separator: '', top: '(&{args})', nested: '(&{args})' },
    or: { separator: '', top: '(|{args})', nested: '(|{args})' },
  },
  empty: '(id=*)',
};

/** As a connector would write it. */
function extended(base: string, change: Record<string, unknown>): Dialect {
  const { dialect, diagnostics } = resolveDialect(readDialect(base), { extends: base, ...change });
  expect(diagnostics).toEqual([]);
  if (dialect === null) throw new Error('no dialect');
  return dialect;
}

const equals = { text: 'exact', enum: 'exact', number: 'exact', timestamp: 'exact', boolean: 'exact' };

/** Where objects of GraphQL, as Hasura makes them of a table. */
const whereObject = extended('none', {
  builder: 'tree',
  literals: {
    text: {},
    number: {},
    boolean: { true: true, false: false },
    timestamp: { format: "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", unit: 'ms', compares: 'finer' },
  },
  operators: {
    '=': { emit: { '{field}': { _eq: '{value}' } }, answers: equals },
    '>=': { emit: { '{field}': { _gte: '{value}' } }, answers: { number: 'exact', timestamp: 'exact' } },
    '<': { emit: { '{field}': { _lt: '{value}' } }, answers: { number: 'exact', timestamp: 'exact' } },
    in: { emit: { '{field}': { _in: '{values}' } }, answers: { text: 'exact', enum: 'exact', number: 'exact' } },
    'is null': { emit: { '{field}': { _is_null: true } }, answers: { text: 'exact', timestamp: 'exact' } },
  },
  negation: { emit: { _not: '{arg}' }, nulls: 'excluded' },
  boolean: { shape: 'free', and: { emit: { _and: '{args}' } }, or: { emit: { _or: '{args}' } } },
});

const call = extended('sql92', {
  literals: { timestamp: { format: "yyyy','MM','dd','HH','mm','ss", unit: 's', wrap: 'DateTime({text})', quote: '' } },
  operators: { '=': { emit: '{field} == {value}' } },
  boolean: { and: { separator: ' AND ' } },
});

const withFunction = extended('sql92', {
  literals: {
    timestamp: {
      format: "yyyy-MM-dd' 'HH:mm:ss",
      unit: 's',
      wrap: "TO_TIMESTAMP('{text}', 'YYYY-MM-DD HH24:MI:SS')",
      quote: '',
    },
  },
});

const words = extended('shopify-search', {
  boolean: { shape: 'and', and: { separator: ' ', nested: '{args}' }, or: null },
  operators: { '>=': { emit: '{field}>={value}' }, '<': { emit: '{field}<{value}' } },
});

const window = 'updated_at >= :since AND updated_at < :until';

it.each([
  [
    'filters of LDAP',
    ldap,
    '(&(updated_at>=20260101000000.000Z)(&(updated_at<=20260101010000.000Z)(!(updated_at=20260101010000.000Z))))',
  ],
  [
    'where objects of GraphQL',
    whereObject,
    {
      _and: [{ updated_at: { _gte: '2026-01-01T00:00:00.000Z' } }, { updated_at: { _lt: '2026-01-01T01:00:00.000Z' } }],
    },
  ],
  [
    'times that are calls',
    call,
    'updated_at >= DateTime(2026,01,01,00,00,00) AND updated_at < DateTime(2026,01,01,01,00,00)',
  ],
  [
    'times in a function of the database',
    withFunction,
    "updated_at >= TO_TIMESTAMP('2026-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS') AND updated_at < TO_TIMESTAMP('2026-01-01 01:00:00', 'YYYY-MM-DD HH24:MI:SS')",
  ],
  ['words in a row', words, expect.stringMatching(/^updated_at>=\S+ updated_at<\S+$/)],
] as const)('%s', (_what, dialect, asked) => {
  expect(isDialect(dialect), JSON.stringify(isDialect.errors)).toBe(true);
  expect(checkDialect(dialect)).toEqual([]);
  const [native] = compileQuery(readWhere(window), dialect).bind(bindings());
  expect(native?.kind === 'text' ? native.text : native?.kind === 'tree' ? native.tree : null).toEqual(asked);
});

it('filters of LDAP hold the law', () => {
  const given = fc.oneof(
    lawCase,
    pivotCase.map((each) => pivotLawCase(each, { isFiner: true })),
  );
  fc.assert(
    fc.property(given, (each) => {
      expect(breach(compileQuery, readWhere(each.text), ldap, reader, each, { isFiner: true })).toBeNull();
    }),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 1000) },
  );
});
