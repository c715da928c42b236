/** Asks for comparisons of time, with bounds moved outward to what the vendor can say. */
import type { Dialect, TimestampLiteral } from '../definition/dialect.ts';
import type { Field, Predicate, Value } from '../where/ast.ts';
import { saysOffset } from './instant-text.ts';
import { type Adjustment, asIs, knownInstant, listFormat, timestampFormat } from './operand.ts';
import { operatorName } from './operator-name.ts';
import { none, type Planned, plan, returnsMore } from './planned.ts';
import type { Operand } from './push.ts';
import { type TimeOperator, timeBounds } from './time-bound.ts';
import { usable } from './usable.ts';
import { isAligned } from './widen.ts';

const stepNames = { ms: 'milliseconds', s: 'seconds', min: 'minutes', day: 'days' } as const;

/** Plans a predicate on a timestamp by the vendor’s operators for it. */
export function planTime(predicate: Predicate, field: Field, dialect: Dialect): Planned {
  const { timestamp: literal } = dialect.literals;
  if (literal === undefined) return none("the vendor's language has no literal for a timestamp");
  switch (predicate.kind) {
    case 'compare':
      return predicate.op === '=' || predicate.op === '!='
        ? planEqual(predicate, [predicate.value], field, dialect, literal)
        : planBound(predicate.op, predicate.value, field, dialect, literal);
    case 'in':
      return planEqual(predicate, predicate.values, field, dialect, literal);
    case 'between':
      return planBetween(predicate, field, dialect, literal);
    default:
      return none('the vendor has no such comparison of time');
  }
}

function planBound(op: TimeOperator, value: Value, field: Field, dialect: Dialect, literal: TimestampLiteral): Planned {
  const known = knownInstant(value, field);
  let refusal = `the vendor has no ${op}`;
  for (const bound of timeBounds(op, known, literal, field)) {
    const found = usable(bound.op, field, dialect);
    if (typeof found === 'string') {
      refusal = found;
      continue;
    }
    const operand = timeOperand('value', value, bound.adjustment, field, dialect, literal);
    const planned = plan(found, [operand], field, dialect);
    if (!planned.isExact) return planned;
    return bound.isExact
      ? { ...planned, reason: sayExact(known, literal) }
      : { ...planned, isExact: false, reason: sayWider(known, literal, field) };
  }
  return none(refusal);
}

/** Equality holds only where the vendor can say the very instant, and compares by what it shows. */
function planEqual(
  predicate: Predicate,
  values: readonly Value[],
  field: Field,
  dialect: Dialect,
  literal: TimestampLiteral,
): Planned {
  const name = operatorName(predicate);
  const found = usable(name, field, dialect);
  if (typeof found === 'string') return none(found);
  const compares = literal.compares ?? 'as-shown';
  const isOneInstant = saysOffset(literal);
  const isMs = isOneInstant && literal.unit === 'ms' && field.granularity === 'ms';
  const given = values.filter(({ kind }) => kind !== 'null');
  const { inValues: most = given.length } = dialect.boolean.limits ?? {};
  if (predicate.kind === 'in' && given.length > most) return none(`the vendor takes ${most} values in a list`);
  const instants = given.map((value) => knownInstant(value, field));
  const isSaid = instants.every((instant) => (instant === null ? isMs : isAligned(instant, literal, field)));
  const isPositive = name === '=' || name === 'in';
  const isAnswered = isSaid || (compares === 'coarser' && isPositive && isOneInstant);
  if (compares === 'finer' || !isAnswered) {
    return none(
      `the vendor's times are in ${stepNames[literal.unit]}, so ${name.toUpperCase()} could leave records out`,
    );
  }
  if (compares === 'coarser' && !isPositive) return none('the vendor compares coarser, so it could leave records out');
  const operands = given.map((value) => timeOperand('value', value, asIs, field, dialect, literal));
  const formats = operands.map(({ format }) => format);
  const listed: readonly Operand[] =
    predicate.kind === 'in' ? [{ slot: 'values', format: listFormat(formats, dialect) }] : operands;
  const planned = plan(found, listed, field, dialect);
  if (!planned.isExact) return planned;
  return compares === 'coarser'
    ? { ...planned, isExact: false, reason: returnsMore(`the vendor compares whole ${stepNames[literal.unit]}`) }
    : { ...planned, reason: sayExact(instants[0] ?? null, literal) };
}

function planBetween(
  predicate: Predicate & { kind: 'between' },
  field: Field,
  dialect: Dialect,
  literal: TimestampLiteral,
): Planned {
  const found = usable(operatorName(predicate), field, dialect);
  if (typeof found === 'string') return none(found);
  if (predicate.negated) return none('the vendor may round the bounds, so NOT BETWEEN could leave records out');
  const past: Adjustment = { direction: 'up', shiftMs: literal.compares === 'finer' ? 1 : 0, stepBack: false };
  const { low, high } = predicate;
  const operands = [
    timeOperand('low', low, asIs, field, dialect, literal),
    timeOperand('high', high, past, field, dialect, literal),
  ];
  const planned = plan(found, operands, field, dialect);
  if (!planned.isExact) return planned;
  const [lowMs, highMs] = [knownInstant(low, field), knownInstant(high, field)];
  const isExact =
    (literal.compares ?? 'as-shown') === 'as-shown' &&
    timeBounds('>=', lowMs, literal, field)[0]?.isExact === true &&
    timeBounds('<=', highMs, literal, field)[0]?.isExact === true;
  return isExact
    ? { ...planned, reason: sayExact(lowMs, literal) }
    : { ...planned, isExact, reason: sayWider(null, literal, field) };
}

function timeOperand(
  slot: Operand['slot'],
  value: Value,
  adjustment: Adjustment,
  field: Field,
  dialect: Dialect,
  literal: TimestampLiteral,
): Operand {
  return { slot, format: timestampFormat(value, field, dialect, literal, adjustment) };
}

function sayExact(epochMs: number | null, literal: TimestampLiteral): string {
  if (literal.unit === 'ms') return 'the vendor compares milliseconds: exact';
  return epochMs === null
    ? `the field has whole ${stepNames[literal.unit]}: exact`
    : `whole ${stepNames[literal.unit]}: exact`;
}

function sayWider(epochMs: number | null, literal: TimestampLiteral, field: Field): string {
  const compares = literal.compares ?? 'as-shown';
  if (compares === 'coarser') return returnsMore(`the vendor compares whole ${stepNames[literal.unit]}`);
  if (compares === 'finer') return returnsMore('the vendor compares finer than it shows');
  if (epochMs !== null && isAligned(epochMs, literal, field))
    return returnsMore("the vendor's bound includes its value");
  return returnsMore(`the bound is moved outward to whole ${stepNames[literal.unit]}`);
}
