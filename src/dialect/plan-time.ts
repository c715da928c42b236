/** Asks for comparisons of time, with bounds moved outward to what the vendor can say. */
import type { TimestampLiteral } from '../definition/dialect.ts';
import type { Field, Predicate, Value } from '../where/ast.ts';
import { saysOffset } from './instant-text.ts';
import { type Adjustment, asIs, instantWriter, knownInstant, listOf, operandOf, refusalOf } from './operand.ts';
import { operatorName } from './operator-name.ts';
import { none, type Planned, plan, returnsMore } from './planned.ts';
import type { Operand } from './push.ts';
import { type TimeOperator, timeBounds } from './time-bound.ts';
import type { VendorField } from './vendor-field.ts';
import { isAligned } from './widen.ts';

const stepNames = { ms: 'milliseconds', s: 'seconds', min: 'minutes', day: 'days' } as const;

/** Plans a predicate on a timestamp by the vendor’s operators for it. */
export function planTime(predicate: Predicate, at: VendorField): Planned {
  const { timestamp: literal } = at.dialect.literals;
  if (literal === undefined) return none("the vendor's language has no literal for a timestamp");
  switch (predicate.kind) {
    case 'compare':
      return predicate.op === '=' || predicate.op === '!='
        ? planEqual(predicate, [predicate.value], at, literal)
        : planBound(predicate.op, predicate.value, at, literal);
    case 'in':
      return planEqual(predicate, predicate.values, at, literal);
    case 'between':
      return planBetween(predicate, at, literal);
    default:
      return none('the vendor has no such comparison of time');
  }
}

function planBound(op: TimeOperator, value: Value, at: VendorField, literal: TimestampLiteral): Planned {
  const { field } = at;
  const known = knownInstant(value, field);
  let refusal = `the vendor has no ${op}`;
  for (const bound of timeBounds(op, known, literal, field)) {
    const found = at.usable(bound.op);
    if (typeof found === 'string') {
      refusal = found;
      continue;
    }
    const operands = [timeOperand('value', value, bound.adjustment, at, literal)];
    const refused = refusalOf(operands);
    if (refused !== null) {
      refusal = refused;
      continue;
    }
    const planned = plan(found, operands, at);
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
  at: VendorField,
  literal: TimestampLiteral,
): Planned {
  const { field, dialect } = at;
  const name = operatorName(predicate);
  const found = at.usable(name);
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
  const operands = given.map((value) => timeOperand('value', value, asIs, at, literal));
  const refused = refusalOf(operands);
  if (refused !== null) return none(refused);
  const listed = predicate.kind === 'in' ? [listOf(operands, dialect)] : operands;
  const planned = plan(found, listed, at);
  if (!planned.isExact) return planned;
  return compares === 'coarser'
    ? { ...planned, isExact: false, reason: returnsMore(`the vendor compares whole ${stepNames[literal.unit]}`) }
    : { ...planned, reason: sayExact(instants[0] ?? null, literal) };
}

function planBetween(predicate: Predicate & { kind: 'between' }, at: VendorField, literal: TimestampLiteral): Planned {
  const { field } = at;
  const found = at.usable(operatorName(predicate));
  if (typeof found === 'string') return none(found);
  if (predicate.negated) return none('the vendor may round the bounds, so NOT BETWEEN could leave records out');
  const past: Adjustment = { direction: 'up', shiftMs: literal.compares === 'finer' ? 1 : 0, stepBack: false };
  const { low, high } = predicate;
  const operands = [timeOperand('low', low, asIs, at, literal), timeOperand('high', high, past, at, literal)];
  const refused = refusalOf(operands);
  if (refused !== null) return none(refused);
  const planned = plan(found, operands, at);
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
  at: VendorField,
  literal: TimestampLiteral,
): Operand {
  return operandOf(slot, value, instantWriter(value, at, literal, adjustment));
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
