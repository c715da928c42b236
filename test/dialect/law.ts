/**
 * The law of every dialect: a where holds for a record exactly when the record is in the vendor's answer and the
 * residual holds for it. Random wheres, records and parameters; the vendor is a reader with a parser of its own.
 */
import fc from 'fast-check';
import type { Dialect } from '../../src/definition/dialect.ts';
import type { CompiledQuery, Native } from '../../src/dialect/query.ts';
import type { Bindings, Field, Fields, Where } from '../../src/where/ast.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { truth } from '../../src/where/truth.ts';
import { contact, sinceMs } from './object.ts';
import type { Reader, Row } from './readers/reader.ts';

export type ContactRecord = Readonly<Record<string, unknown>>;

export interface LawCase {
  readonly text: string;
  readonly records: readonly ContactRecord[];
  readonly bindings: Bindings;
}

const texts = [
  '',
  ' ',
  'a',
  'A',
  'b',
  'ab',
  'AB',
  'a ',
  'Ann',
  'ann lee',
  "O'Brien",
  "o'brien",
  "'",
  "''",
  '"',
  '"q"',
  '\\',
  '\\\\',
  "\\'",
  '50%',
  '50%_x',
  '%',
  '_',
  'a_b',
  'axb',
  'ünï',
  'ÜNÏ',
  '^OR',
  '^',
  'a^b',
  'x,y',
  ',',
  'line\nbreak',
  'tab\t',
  '😀',
  'a😀b',
  '(',
  ')',
  'a) OR (b',
  '*',
  'a*',
  ':name',
  '[a]',
  '{a}',
  '}',
  'true',
  'null',
  'NULL',
  '7',
  '007',
  'open',
  'Open',
  'on hold',
  'AND',
  "' OR '1' = '1",
  '=x',
  '!',
  'a!b',
  '\u0000',
  '\u2028',
  '\u2029',
  '\u200fא\u202e',
  'a\u0301',
  '\ufeff',
  'ß',
  'NaN',
  '1e308',
  'STANCEOFx',
  '\ud800',
  '$ne',
  '--',
  '/',
  'a.b',
  'İ',
  'ı',
  'I',
  'ſ',
  '\u212a',
  'k',
  'ΟΔΟΣ',
  'οδος',
];
const ids = [
  '1',
  '2',
  '7',
  '42',
  '007',
  '100',
  '70bf4d48-34cb-ed11-b596-0022481d68cd',
  '70BF4D48-34CB-ED11-B596-0022481D68CD',
  '001D000000IqhSL',
  '001D000000IqhSLIAZ',
];
const words = ['open', 'Open', 'won', 'lost', 'on hold', '', "it's", 'x,y'];
const numbers = ['0', '1', '-1.5', '2', '7', '0.1', '1000', '1e3', '12345678901234567890', '0.30000000000000004'];
const offsets = [
  -86_400_000, -60_000, -1001, -1000, -999, -500, -1, 0, 1, 499, 500, 999, 1000, 1001, 59_999, 60_000, 3_600_000,
];
const days = ['0001-01-01', '9999-12-31', '2025-12-31', '2026-01-01', '2026-01-02', '2026-02-28'];

const momentMs = fc.constantFrom(...offsets).map((offset) => sinceMs + offset);
/** What records hold for "never" and for nothing, and the first and the last moment that ISO 8601 has a text for. */
const ends = [
  '0000-01-01T00:00:00.000Z',
  '0001-01-01T00:00:00.000Z',
  '1970-01-01T00:00:00.000Z',
  '9999-12-31T00:00:00.000Z',
  '9999-12-31T23:59:59.000Z',
  '9999-12-31T23:59:59.999Z',
];
const shownMs = fc.oneof(
  { weight: 9, arbitrary: momentMs },
  { weight: 1, arbitrary: fc.constantFrom(...ends.map(Date.parse)) },
);

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const textValue = fc.constantFrom(...texts);
const literalText = textValue.map(quoted);
const patternText = fc
  .oneof(textValue, fc.constantFrom('a', 'b', 'n', 'A'))
  .map((text) => text.replace(/[\\%_]/g, '\\$&'));
const pattern = fc
  .oneof(
    fc.array(fc.oneof(patternText, fc.constantFrom('%', '_')), { maxLength: 5 }).map((pieces) => pieces.join('')),
    fc
      .tuple(fc.constantFrom('', '%', '_'), patternText, fc.constantFrom('', '%', '_'))
      .map((pieces) => pieces.join('')),
  )
  .map(quoted);
/** What becomes of each letter of a text in a pattern that it fits. */
export const fates = fc.array(fc.constantFrom('keep', 'keep', 'one', 'any'), { minLength: 8, maxLength: 8 });

/** A pattern that the text fits, as a literal. */
export function patternOf(text: string, fates: readonly string[]): string {
  const pieces = [...text].map((point, at) => {
    const fate = fates[at % fates.length];
    return fate === 'one' ? '_' : fate === 'any' ? '%' : point.replace(/[\\%_]/, '\\$&');
  });
  return quoted(pieces.join(''));
}

const instantValue = fc.oneof(
  shownMs.map((epochMs) => new Date(epochMs).toISOString()),
  fc.constantFrom(':seen', 'now()', 'now() - 1s', 'now() + 1500ms'),
);

function listOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(value, { minLength: 1, maxLength: 5 }).map((values) => `(${values.join(', ')})`);
}

const compareOps = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const equalOps = fc.constantFrom('=', '!=');
const inOps = fc.constantFrom('IN', 'NOT IN');
const phrase = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.join(' '));
const word = (text: string): fc.Arbitrary<string> => fc.constant(text);

/** A comparison with NULL is true for no record, also in a list or a range, also when it is denied. */
const withNull = fc.constantFrom(
  'name = NULL',
  'score != NULL',
  'score NOT IN (0, NULL)',
  'updated_at > NULL',
  "name IN ('a', NULL)",
  "status NOT IN ('open', NULL)",
  'score NOT BETWEEN NULL AND 1',
  'score BETWEEN 1 AND NULL',
  'title LIKE NULL',
  'name NOT CONTAINS NULL',
);

const predicate: fc.Arbitrary<string> = fc.oneof(
  withNull,
  phrase(fc.constantFrom('name', 'title'), compareOps, fc.oneof(literalText, word(':name'))),
  phrase(fc.constantFrom('name', 'title'), inOps, listOf(literalText)),
  phrase(fc.constantFrom('name', 'title'), fc.constantFrom('LIKE', 'NOT LIKE', 'ILIKE', 'NOT ILIKE'), pattern),
  phrase(
    fc.constantFrom('name', 'title'),
    fc.constantFrom('', 'NOT'),
    fc.constantFrom('CONTAINS', 'STARTS WITH', 'ENDS WITH'),
    fc.oneof(literalText, word(':name')),
  ),
  phrase(word('status'), equalOps, fc.oneof(fc.constantFrom(...words).map(quoted), word(':status'))),
  phrase(word('status'), inOps, listOf(fc.constantFrom(...words).map(quoted))),
  phrase(word('id'), equalOps, fc.constantFrom(...ids).map(quoted)),
  phrase(word('id'), inOps, listOf(fc.constantFrom(...ids).map(quoted))),
  phrase(word('score'), compareOps, fc.oneof(fc.constantFrom(...numbers), word(':score'))),
  phrase(word('score'), inOps, listOf(fc.constantFrom(...numbers))),
  phrase(
    word('score'),
    fc.constantFrom('BETWEEN', 'NOT BETWEEN'),
    fc.constantFrom(...numbers),
    word('AND'),
    fc.constantFrom(...numbers),
  ),
  phrase(word('active'), equalOps, fc.constantFrom('true', 'false', ':active')),
  phrase(fc.constantFrom('updated_at', 'seen_at'), compareOps, instantValue),
  phrase(fc.constantFrom('updated_at', 'seen_at'), inOps, listOf(instantValue)),
  phrase(
    fc.constantFrom('updated_at', 'seen_at'),
    fc.constantFrom('BETWEEN', 'NOT BETWEEN'),
    instantValue,
    word('AND'),
    instantValue,
  ),
  phrase(word('born'), compareOps, fc.constantFrom(...days)),
  phrase(
    word('born'),
    fc.constantFrom('BETWEEN', 'NOT BETWEEN'),
    fc.constantFrom(...days),
    word('AND'),
    fc.constantFrom(...days),
  ),
  phrase(word('born'), inOps, listOf(fc.constantFrom(...days))),
  phrase(
    fc.constantFrom('name', 'status', 'id', 'score', 'active', 'updated_at', 'seen_at', 'born'),
    fc.constantFrom('IS NULL', 'IS NOT NULL'),
  ),
);

export const { condition } = fc.letrec<{ condition: string; chain: string }>((tie) => ({
  condition: fc.oneof({ depthSize: 'small', withCrossShrink: true }, predicate, tie('chain')),
  chain: fc.oneof(
    fc.array(tie('condition'), { minLength: 2, maxLength: 4 }).map((args) => `(${args.join(' AND ')})`),
    fc.array(tie('condition'), { minLength: 2, maxLength: 4 }).map((args) => `(${args.join(' OR ')})`),
    tie('condition').map((arg) => `NOT (${arg})`),
  ),
}));

const whereText = fc.oneof(
  condition,
  fc
    .tuple(fc.constantFrom('updated_at', 'seen_at'), fc.constantFrom('>', '>='), fc.constantFrom('<', '<='), condition)
    .map(([field, low, high, rest]) => `${field} ${low} :since AND ${field} ${high} :until AND (${rest})`),
);

/** A value, null, or nothing at all. */
function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 6, arbitrary: value },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const second = shownMs.map((epochMs) => `${new Date(epochMs).toISOString().slice(0, 19)}Z`);
export const record: fc.Arbitrary<ContactRecord> = fc
  .record({
    updated_at: optional(second),
    seen_at: optional(shownMs.map((epochMs) => new Date(epochMs).toISOString())),
    name: optional(textValue),
    title: optional(textValue),
    status: optional(fc.constantFrom(...words)),
    id: fc.constantFrom(...ids),
    score: optional(fc.constantFrom(...numbers.map(Number))),
    active: optional(fc.boolean()),
    born: optional(fc.constantFrom(...days)),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));

export const someBindings: fc.Arbitrary<Bindings> = fc
  .record({
    since: momentMs,
    until: momentMs,
    seen: momentMs,
    name: textValue,
    status: fc.constantFrom(...words),
    score: fc.constantFrom(...numbers.map(Number)),
    active: fc.boolean(),
  })
  .map((parameters) => ({ parameters, nowMs: sinceMs + 250 }));

export const lawCase: fc.Arbitrary<LawCase> = fc.record({
  text: whereText,
  records: fc.array(record, { minLength: 1, maxLength: 12 }),
  bindings: someBindings,
});

/** What a vendor does to records on the way in. */
export interface Store {
  /** Empty text is stored, and shown, as no value. */
  readonly dropsEmptyText?: boolean;
  /** Times have more digits than are shown. */
  readonly isFiner?: boolean;
  /** A missing number is shown as 0. */
  readonly showsZero?: boolean;
  /** Ids are whole numbers, shown without zeros before them. */
  readonly numbersIds?: boolean;
  /** Text ends at NUL, so that no record holds one. */
  readonly dropsNul?: boolean;
}

/** The record as it is shown, and as the vendor compares it. */
export function store(
  given: ContactRecord,
  fields: Fields,
  { dropsEmptyText, isFiner, dropsNul, showsZero, numbersIds }: Store,
): { shown: ContactRecord; row: Row } {
  const kept = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => !(dropsEmptyText === true && value === ''))
      .map(([name, value]) => [
        name,
        numbersIds === true && name === 'id'
          ? String(Number(value) || 7)
          : dropsNul === true && typeof value === 'string'
            ? value.replaceAll('\0', '')
            : value,
      ]),
  );
  const zeros = showsZero === true && (kept['score'] ?? null) === null ? { score: 0 } : {};
  const shown = { ...kept, ...zeros };
  const stored = Object.entries(kept).map(([name, value]) => {
    if (value === null || fields.get(name)?.type !== 'timestamp') return [name, value];
    return [name, Date.parse(String(value)) + (isFiner === true ? unseen(name, kept) : 0)];
  });
  return { shown, row: Object.fromEntries(stored) as Row };
}

/** A part of the field's step, the same for the same record; a double of the year 9999 still holds its eighths. */
function unseen(name: string, shown: ContactRecord): number {
  const step = name === 'updated_at' ? 1000 : 1;
  return ([0, 0.25, 0.875][(JSON.stringify(shown).length + name.length) % 3] as number) * step;
}

export type Compile = (where: Where, dialect: Dialect) => CompiledQuery;

/** Why the law does not hold for a case, or null. */
export function breach(
  compile: Compile,
  where: Where,
  dialect: Dialect,
  reader: Reader,
  given: LawCase,
  how: Store = {},
): string | null {
  const query = compile(where, dialect);
  const natives = query.bind(given.bindings);
  const overlong = natives.find((native) => isOverlong(native, dialect));
  if (overlong !== undefined) return `longer than the vendor takes: ${JSON.stringify(overlong)}\n${where.text}`;
  const residual = query.residual === null ? () => true : compileFilter(query.residual, where.fields)(given.bindings);
  for (const each of given.records) {
    const { shown, row } = store(each, where.fields, how);
    const wanted = truth(where.expr, where.fields, given.bindings, shown) === true;
    const isAnswered = natives.some((native) => reader(native, row));
    const got = isAnswered && residual(shown);
    if (wanted !== got) {
      const what = wanted ? (isAnswered ? 'lost by the residual' : 'lost by the query') : 'surplus';
      return `${what}: ${JSON.stringify(shown)}\n${where.text}\n${JSON.stringify(natives)}`;
    }
  }
  return null;
}

/** The query of no condition is as long as it is. */
function isOverlong(native: Native, { boolean: { limits = {} }, empty }: Dialect): boolean {
  const text =
    native.kind === 'pairs'
      ? native.pairs.map((pair) => `${pair.map(encodeURIComponent).join('=')}&`).join('')
      : native.kind === 'text'
        ? native.text
        : JSON.stringify(native.tree);
  const length = native.kind !== 'pairs' && limits.measure === 'url' ? encodeURIComponent(text).length : text.length;
  return length > (limits.length ?? Number.POSITIVE_INFINITY) && text !== empty;
}

/** The fields of the object as each dialect can name them. */
export const lawFields: Fields = new Map<string, Field>(contact);

export const stores: Readonly<Record<string, Store>> = {
  soql: { dropsEmptyText: true },
  sql92: { isFiner: true },
  'domain-prefix': { isFiner: true, showsZero: true, numbersIds: true },
  coql: { numbersIds: true },
  'hubspot-search': { numbersIds: true },
  'quickbooks-query': { numbersIds: true },
  'bracket-ops': { isFiner: true },
  'call-filter': { isFiner: true },
  elasticsearch: { isFiner: true },
  lucene: { isFiner: true },
  odata4: { isFiner: true },
  rsql: { isFiner: true },
  'scim-filter': { isFiner: true },
  'rest-since': { isFiner: true },
  'shopify-rest': { isFiner: true },
  'shopify-search': { isFiner: true },
};
