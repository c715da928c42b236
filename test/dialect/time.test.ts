/** Bounds of time, for every unit, zone and way of comparing that a dialect can declare. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect, Operators, TimestampLiteral } from '../../src/definition/dialect.ts';
import { checkDialect } from '../../src/dialect/check.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { explainQuery } from '../../src/dialect/explain.ts';
import type { Native } from '../../src/dialect/query.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { truth } from '../../src/where/truth.ts';
import { makeField, makeFields, readWhere } from './object.ts';

type Unit = TimestampLiteral['unit'];
type Op = '<' | '<=' | '>' | '>=' | '=' | '!=' | 'between' | 'in';

const unitMs = { ms: 1, s: 1000, min: 60_000, day: 86_400_000 } as const;
const patterns: Readonly<Record<Unit, string>> = {
  day: 'yyyy-MM-dd',
  min: "yyyy-MM-dd' 'HH:mm",
  s: "yyyy-MM-dd' 'HH:mm:ss",
  ms: "yyyy-MM-dd' 'HH:mm:ss.SSS",
};

function makeDialect(literal: TimestampLiteral, ops: readonly Op[], negates = false): Dialect {
  const values: Readonly<Record<string, unknown>> = {
    between: { low: '{low}', high: '{high}' },
    in: { values: '{values}' },
  };
  const operators = Object.fromEntries(
    ops.map((op) => [op, { emit: { op, ...(values[op] ?? { value: '{value}' }) }, answers: { timestamp: 'exact' } }]),
  ) as Operators;
  return {
    name: 'times',
    description: 'Times only.',
    builder: 'tree',
    literals: { timestamp: literal },
    operators,
    ...(negates && { negation: { emit: { not: '{arg}' }, nulls: 'excluded' } }),
    boolean: { shape: 'free', and: { emit: { and: '{args}' } }, or: { emit: { or: '{args}' } } },
    empty: {},
  };
}

interface Condition {
  readonly op?: Op;
  readonly value?: string;
  readonly low?: string;
  readonly high?: string;
  readonly values?: readonly string[];
  readonly and?: readonly Condition[];
  readonly or?: readonly Condition[];
  readonly not?: Condition;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone at an instant, to the second. */
function wallClock(epochMs: number, zone: string): string {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(zone, clock);
  return clock.format(epochMs);
}

/** The instants that show this text in the zone; the vendor takes the first or the last. */
function readTime(text: string, literal: TimestampLiteral, takesLast: boolean): number {
  if (literal.format === 'epoch-s') return Number(text) * 1000;
  if (literal.format === 'epoch-ms') return Number(text);
  const [day = '', clock = '00:00'] = text.split(' ');
  const whole = `${day} ${clock}${clock.length === 5 ? ':00' : ''}`;
  // The open ends of ranges: zones of those years have offsets in seconds, or none yet.
  if (day < '1900') return Number.NEGATIVE_INFINITY;
  if (day > '9000') return Number.POSITIVE_INFINITY;
  const naiveMs = Date.parse(`${whole.slice(0, 19).replace(' ', 'T')}Z`);
  const fractionMs = Number(whole.slice(20) || 0);
  const shown: number[] = [];
  for (let offset = -14 * 4; offset <= 14 * 4; offset += 1) {
    const instantMs = naiveMs - offset * 900_000;
    if (wallClock(instantMs, literal.zone ?? 'UTC') === whole.slice(0, 19)) shown.push(instantMs + fractionMs);
  }
  // A time that clocks skip: read with the offset of the day before, or of the day after.
  if (shown.length === 0)
    shown.push(...[-1, 1].map((days) => naiveMs - offsetAt(naiveMs + days * 86_400_000, literal.zone ?? 'UTC')));
  return takesLast ? Math.max(...shown) : Math.min(...shown);
}

function offsetAt(epochMs: number, zone: string): number {
  return Date.parse(`${wallClock(epochMs, zone).replace(' ', 'T')}Z`) - epochMs;
}

/** The start of the unit that an instant lies in. */
function cut(epochMs: number, unit: Unit, zone: string): number {
  if (unit !== 'day') return Math.floor(epochMs / unitMs[unit]) * unitMs[unit];
  const day = wallClock(epochMs, zone).slice(0, 10);
  let startMs = Math.floor(epochMs / 900_000) * 900_000;
  while (wallClock(startMs - 900_000, zone).startsWith(day)) startMs -= 900_000;
  return startMs;
}

function answers(condition: Condition, storedMs: number, literal: TimestampLiteral, takesLast: boolean): boolean {
  const { op, and, or, not, value = '', low = '', high = '', values = [] } = condition;
  if (and !== undefined) return and.every((each) => answers(each, storedMs, literal, takesLast));
  if (or !== undefined) return or.some((each) => answers(each, storedMs, literal, takesLast));
  if (not !== undefined) return !answers(not, storedMs, literal, takesLast);
  const own = literal.compares === 'coarser' ? cut(storedMs, literal.unit, literal.zone ?? 'UTC') : storedMs;
  const read = (text: string): number => readTime(text, literal, takesLast);
  switch (op) {
    case '<':
      return own < read(value);
    case '<=':
      return own <= read(value);
    case '>':
      return own > read(value);
    case '>=':
      return own >= read(value);
    case '=':
      return own === read(value);
    case '!=':
      return own !== read(value);
    case 'between':
      return own >= read(low) && own <= read(high);
    case 'in':
      return values.map(read).includes(own);
    default:
      return true;
  }
}

/** Around the hours that New York skips and repeats, São Paulo’s midnight that is skipped, and a plain night. */
const anchors = [
  '2026-03-08T07:00:00Z',
  '2026-11-01T05:30:00Z',
  '2026-11-01T06:30:00Z',
  '2018-11-04T03:00:00Z',
  '2026-06-01T00:00:00Z',
];
const steps = [0, 1, 500, 999, 1000, 59_999, 60_000, 1_799_000, 3_599_999, 3_600_000, 7_200_000, 86_400_000];
const momentMs = fc
  .tuple(fc.constantFrom(...anchors), fc.constantFrom(...steps), fc.constantFrom(1, -1))
  .map(([anchor, step, sign]) => Date.parse(anchor) + sign * step);
const zone = fc.constantFrom('UTC', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata');
const allOps: readonly Op[] = ['<', '<=', '>', '>=', '=', '!=', 'between', 'in'];

const literal: fc.Arbitrary<TimestampLiteral> = fc
  .record({
    unit: fc.constantFrom<Unit>('ms', 's', 'min', 'day'),
    zone,
    compares: fc.constantFrom<NonNullable<TimestampLiteral['compares']>>('as-shown', 'coarser', 'finer'),
    isEpoch: fc.boolean(),
  })
  .map(({ isEpoch, ...rest }) =>
    isEpoch
      ? { ...rest, zone: 'UTC', format: rest.unit === 'ms' ? 'epoch-ms' : 'epoch-s' }
      : { ...rest, format: patterns[rest.unit] },
  );

const textOf = (epochMs: number): string => new Date(epochMs).toISOString();
const whereText = fc.oneof(
  fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), momentMs).map(([op, at]) => `at ${op} ${textOf(at)}`),
  fc.constantFrom('<', '<=', '>', '>=', '=', '!=').map((op) => `at ${op} :seen`),
  fc.tuple(momentMs, momentMs).map(([low, high]) => `at BETWEEN ${textOf(low)} AND ${textOf(high)}`),
  fc.tuple(momentMs, momentMs).map(([low, high]) => `at NOT BETWEEN ${textOf(low)} AND ${textOf(high)}`),
  fc.tuple(momentMs, momentMs).map(([one, other]) => `at IN (${textOf(one)}, ${textOf(other)}, :seen)`),
  fc.constant('at >= :since AND at < :until'),
);

describe('bounds of time', () => {
  it('go outward, and are exact only when they are', () => {
    const granularity = fc.constantFrom<Unit>('ms', 's', 'min', 'day');
    const given = fc.record({
      literal,
      ops: fc.subarray([...allOps]),
      granularity,
      fieldZone: zone,
      text: whereText,
      moments: fc.array(momentMs, { minLength: 3, maxLength: 3 }),
      records: fc.array(momentMs, { minLength: 1, maxLength: 20 }),
      takesLast: fc.boolean(),
      negates: fc.boolean(),
      unseen: fc.constantFrom(0, 0.3, 0.999),
    });
    fc.assert(
      fc.property(
        given,
        ({ literal, ops, granularity, fieldZone, text, moments, records, takesLast, negates, unseen }) => {
          const fields = makeFields(makeField('at', 'timestamp', { granularity, zone: fieldZone }));
          const where = readWhere(text, fields);
          const query = compileQuery(where, makeDialect(literal, ops, negates));
          const [since = 0, until = 0, seen = 0] = moments;
          const bindings = { parameters: { since, until, seen }, nowMs: 0 };
          const natives = query.bind(bindings);
          const residual = query.residual === null ? () => true : compileFilter(query.residual, fields)(bindings);
          for (const moment of records) {
            const shownMs = cut(moment, granularity, fieldZone);
            const storedMs =
              literal.compares === 'finer' ? shownMs + unseen * Math.min(unitMs[granularity], 3_600_000) : shownMs;
            const shown = { at: textOf(shownMs) };
            const wanted = truth(where.expr, fields, bindings, shown) === true;
            const isAnswered = natives.some((native) => answers(tree(native), storedMs, literal, takesLast));
            expect({ at: shown.at, got: isAnswered && residual(shown) }).toEqual({ at: shown.at, got: wanted });
          }
        },
      ),
      { numRuns: Number(process.env['LAW_RUNS'] ?? 2000) },
    );
  });

  it('stay on the first instant of a day whose midnight clocks skip', () => {
    const fields = makeFields(makeField('at', 'timestamp', { granularity: 'day', zone: 'America/Sao_Paulo' }));
    const query = compileQuery(
      readWhere("at < '2018-11-04T03:00:00.000Z'", fields),
      makeDialect({ format: 'epoch-ms', unit: 'ms' }, ['<']),
    );
    expect(query.residual).toBeNull();
    expect(query.bind({ parameters: {}, nowMs: 0 })).toEqual([
      { kind: 'tree', tree: { op: '<', value: String(Date.parse('2018-11-04T03:00:00Z')) } },
    ]);
  });

  it('ask a vendor that leaves out the bound from one step before it', () => {
    const dialect = makeDialect({ format: 'epoch-ms', unit: 'ms' }, ['>', '<']);
    const fields = makeFields(makeField('at', 'timestamp'));
    const query = compileQuery(readWhere('at >= :since AND at <= :until', fields), dialect);
    expect(query.bind({ parameters: { since: 1000, until: 2000 }, nowMs: 0 })).toEqual([
      {
        kind: 'tree',
        tree: {
          and: [
            { op: '>', value: '999' },
            { op: '<', value: '2001' },
          ],
        },
      },
    ]);
    expect(query.residual).toBeNull();
  });

  it('open a range where the vendor knows ranges only', () => {
    const dialect = makeDialect({ format: 'epoch-s', unit: 's' }, ['between']);
    const fields = makeFields(makeField('at', 'timestamp', { granularity: 's' }));
    const { natives } = explainQuery(readWhere('at >= 2026-01-01T00:00:00Z', fields), dialect);
    expect(natives).toEqual([{ kind: 'tree', tree: { op: 'between', low: '1767225600', high: '253402300800' } }]);
  });

  it('end a range with the last moment of all, which records hold for "never"', () => {
    const open = (unit: Unit): unknown => {
      const fields = makeFields(makeField('at', 'timestamp', { granularity: unit }));
      const dialect = makeDialect({ format: patterns[unit], unit }, ['between']);
      return explainQuery(readWhere('at >= 2026-01-01T00:00:00Z', fields), dialect).natives;
    };
    const range = (low: string, high: string): unknown => [{ kind: 'tree', tree: { op: 'between', low, high } }];
    expect(open('ms')).toEqual(range('2026-01-01 00:00:00.000', '9999-12-31 23:59:59.999'));
    expect(open('s')).toEqual(range('2026-01-01 00:00:00', '9999-12-31 23:59:59'));
    expect(open('day')).toEqual(range('2026-01-01', '9999-12-31'));
  });

  it('are not asked for past the last year that has a text, and never cut back into it', () => {
    const dialect = makeDialect({ format: patterns.s, unit: 's' }, ['<', '<=', '>', '>=', '=']);
    const fields = makeFields(makeField('at', 'timestamp'));
    const asked = (text: string): unknown => {
      const { natives, residual } = explainQuery(readWhere(text, fields), dialect);
      return [natives[0]?.kind === 'tree' ? natives[0].tree : null, residual];
    };
    expect(asked('at <= 9999-12-31T23:59:59Z')).toEqual([{ op: '<=', value: '9999-12-31 23:59:59' }, null]);
    expect(asked('at <= 9999-12-31T23:59:59.999Z')).toEqual([{}, 'at <= 9999-12-31T23:59:59.999Z']);
    expect(asked('at = 9999-12-31T23:59:59.999Z')).toEqual([
      { op: '>=', value: '9999-12-31 23:59:59' },
      'at = 9999-12-31T23:59:59.999Z',
    ]);
    const byParameter = compileQuery(readWhere('at <= :seen', fields), dialect);
    const bind = (seen: string) => () => byParameter.bind({ parameters: { seen: Date.parse(seen) }, nowMs: 0 });
    expect(bind('9999-12-31T23:59:59Z')()).toEqual([
      { kind: 'tree', tree: { op: '<=', value: '9999-12-31 23:59:59' } },
    ]);
    expect(bind('9999-12-31T23:59:59.999Z')).toThrow(RangeError);
    const byClock = compileQuery(readWhere('at <= now() + 9000000d', fields), dialect);
    expect(byClock.bind({ parameters: {}, nowMs: 0 })).toEqual([
      { kind: 'tree', tree: { op: '<=', value: '9999-12-31 23:59:59' } },
    ]);
  });

  it('take the earlier reading of a repeated hour below and the later one above', () => {
    const local = { format: patterns.s, unit: 's', zone: 'America/New_York' } as const;
    const dialect = makeDialect(local, ['>=', '<']);
    expect(checkDialect(dialect)).toEqual([]);
    const fields = makeFields(makeField('at', 'timestamp', { granularity: 's' }));
    const bound = (op: string, at: string): unknown =>
      explainQuery(readWhere(`at ${op} ${at}`, fields), dialect).natives;
    // 05:30Z is the first 01:30 of that night, 06:30Z the second.
    expect(bound('>=', '2026-11-01T05:30:00Z')).toEqual([
      { kind: 'tree', tree: { op: '>=', value: '2026-11-01 00:30:00' } },
    ]);
    expect(bound('>=', '2026-11-01T06:30:00Z')).toEqual([
      { kind: 'tree', tree: { op: '>=', value: '2026-11-01 01:30:00' } },
    ]);
    expect(bound('<', '2026-11-01T05:30:00Z')).toEqual([
      { kind: 'tree', tree: { op: '<', value: '2026-11-01 01:30:00' } },
    ]);
    expect(bound('<', '2026-11-01T06:30:00Z')).toEqual([
      { kind: 'tree', tree: { op: '<', value: '2026-11-01 02:30:00' } },
    ]);
  });
});

function tree(native: Native): Condition {
  if (native.kind !== 'tree') throw new Error('no tree');
  return native.tree as Condition;
}
