/** Random conditions and records over one object that has a field of every type. */
import fc from 'fast-check';
import type {
  Bindings,
  CompareOperator,
  Expr,
  Field,
  FieldRef,
  FieldType,
  Predicate,
  Value,
} from '../../src/where/ast.ts';

const span = { start: 0, end: 0 };

/** A field with the settings that most have. */
export function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    name,
    type,
    path: name.split('.'),
    format: 'iso',
    zone: 'UTC',
    granularity: 'ms',
    filterable: true,
    operators: {},
    ...more,
  };
}

const declared = [
  field('name', 'text'),
  field('order', 'text'),
  field('a b', 'text', { path: ['ab'] }),
  field('properties.stage', 'enum'),
  field('id', 'id'),
  field('amount', 'number'),
  field('active', 'boolean'),
  field('updatedAt', 'timestamp'),
  field('created', 'timestamp', { format: 'epoch-s' }),
  field('local', 'timestamp', { zone: 'America/New_York' }),
  field('due', 'date', { zone: 'Asia/Tokyo' }),
];

export const fields: ReadonlyMap<string, Field> = new Map(declared.map((one) => [one.name, one]));

export const bindings: Bindings = {
  parameters: { since: Date.UTC(2026, 0, 31), name: 'ab', amount: 10 },
  nowMs: Date.UTC(2026, 1, 1),
};

/** Few and short, so that values of records and of conditions often meet. */
const words = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'A', 'Ab', 'b%', 'a_b', "it's", '\u{1F4A9}', '\uFF5E', 'NULL', 'ß', '10'),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const patterns = fc.oneof(
  fc.constantFrom('%', 'a%', '%b', '%a%', '_', '_b', 'a\\%', '%\\', 'A_%b', '', '%_%', 'a%b%'),
  words,
);
const numerals = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '10',
    '2.5',
    '9007199254740992',
    '9007199254740993',
    '0.1',
    '1e3',
    '12345678901234567890.5',
  ),
  fc.integer().map(String),
);
const instants = fc.oneof(
  fc.constantFrom(0, Date.UTC(2026, 0, 31), Date.UTC(2026, 0, 31, 12, 30, 15, 123), Date.UTC(2026, 2, 8, 7)),
  fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }),
);
const days = instants.map((ms) => new Date(ms).toISOString().slice(0, 10));

function valueFor(type: FieldType): fc.Arbitrary<Value> {
  const literal: Record<FieldType, fc.Arbitrary<Value>> = {
    text: fc.oneof(text(words), fc.constant<Value>({ kind: 'parameter', name: 'name', span })),
    enum: text(words),
    id: fc.oneof(
      text(words),
      numerals.map((digits): Value => ({ kind: 'number', text: digits, span })),
    ),
    number: fc.oneof(
      numerals.map((digits): Value => ({ kind: 'number', text: digits, span })),
      fc.constant<Value>({ kind: 'parameter', name: 'amount', span }),
    ),
    boolean: fc.boolean().map((value) => ({ kind: 'boolean', value, span })),
    timestamp: timeValue(),
    date: fc.oneof(
      days.map((day): Value => ({ kind: 'date', day, span })),
      timeValue(),
    ),
  };
  return fc.oneof(
    { weight: 12, arbitrary: literal[type] },
    { weight: 1, arbitrary: fc.constant<Value>({ kind: 'null', span }) },
    // A value of a wrong type is unknown, not an accident.
    { weight: 1, arbitrary: text(words) },
  );
}

function timeValue(): fc.Arbitrary<Value> {
  return fc.oneof(
    instants.map((epochMs): Value => ({ kind: 'timestamp', epochMs, span })),
    fc.constantFrom(0, -604_800_000, 3_600_000, -1, 90_000).map((offsetMs): Value => ({ kind: 'now', offsetMs, span })),
    fc.constant<Value>({ kind: 'parameter', name: 'since', span }),
  );
}

function text(from: fc.Arbitrary<string>): fc.Arbitrary<Value> {
  return from.map((word) => ({ kind: 'text', text: word, span }));
}

const ops: CompareOperator[] = ['=', '!=', '<', '<=', '>', '>='];

const predicates: fc.Arbitrary<Predicate> = fc.constantFrom(...declared).chain((one): fc.Arbitrary<Predicate> => {
  const ref: FieldRef = { name: one.name, span };
  const value = valueFor(one.type);
  const negated = fc.boolean();
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...ops), value)
      .map(([op, operand]): Predicate => ({ kind: 'compare', field: ref, op, value: operand, span })),
    fc
      .tuple(negated, fc.array(value, { minLength: 1, maxLength: 4 }))
      .map(([not, values]): Predicate => ({ kind: 'in', field: ref, negated: not, values, span })),
    fc
      .tuple(negated, value, value)
      .map(([not, low, high]): Predicate => ({ kind: 'between', field: ref, negated: not, low, high, span })),
    fc
      .tuple(negated, fc.boolean(), text(patterns))
      .map(
        ([not, caseless, pattern]): Predicate => ({ kind: 'like', field: ref, negated: not, caseless, pattern, span }),
      ),
    fc
      .tuple(negated, fc.constantFrom('contains', 'starts with', 'ends with'), text(words))
      .map(([not, op, operand]): Predicate => ({ kind: 'match', field: ref, op, negated: not, value: operand, span })),
    negated.map((not): Predicate => ({ kind: 'null', field: ref, negated: not, span })),
  );
});

export const expressions: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    predicates,
    fc.array(tie('expr'), { minLength: 2, maxLength: 4 }).map((args): Expr => ({ kind: 'and', args, span })),
    fc.array(tie('expr'), { minLength: 2, maxLength: 4 }).map((args): Expr => ({ kind: 'or', args, span })),
    tie('expr').map((arg): Expr => ({ kind: 'not', arg, span })),
  ),
})).expr;

const anything = fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({ a: 1 }));

function recordValue(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: values },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
    { weight: 1, arbitrary: anything },
  );
}

const isoTexts = fc
  .tuple(instants, fc.constantFrom('Z', '+0000', '-08:00', '+05:30', ''))
  .map(([ms, offset]) => new Date(ms).toISOString().slice(0, -1) + offset);

export const records = fc.record({
  name: recordValue(words),
  order: recordValue(words),
  ab: recordValue(words),
  properties: fc.oneof(fc.record({ stage: recordValue(words) }), fc.constantFrom(null, 5)),
  id: recordValue(fc.oneof(words, fc.integer())),
  amount: recordValue(
    fc.oneof(numerals, numerals.map(Number), numerals.filter((digits) => /^-?\d+$/.test(digits)).map(BigInt)),
  ),
  active: recordValue(fc.constantFrom(true, false, 'true', 'FALSE')),
  updatedAt: recordValue(isoTexts),
  created: recordValue(instants.chain((ms) => fc.constantFrom(ms / 1000, String(Math.floor(ms / 1000))))),
  local: recordValue(isoTexts),
  due: recordValue(fc.oneof(days, isoTexts)),
});
