/**
 * Which comparison of a vendor, and with what value, answers at least a comparison of time. A vendor may compare by
 * steps, coarser or finer than its records show; the answer may be wider than ours, never narrower.
 */
import type { TimestampLiteral } from '../definition/dialect.ts';
import type { Field } from '../where/ast.ts';
import { saysOffset } from './instant-text.ts';
import type { Adjustment } from './operand.ts';
import { isAligned, unitMs } from './widen.ts';

export type TimeOperator = '<' | '<=' | '>' | '>=';

export interface TimeBound {
  readonly op: TimeOperator;
  readonly adjustment: Adjustment;
  /** The answer is ours and no more, if the vendor’s operator is exact. */
  readonly isExact: boolean;
}

const down: Adjustment = { direction: 'down', shiftMs: 0, stepBack: false };
const up: Adjustment = { direction: 'up', shiftMs: 0, stepBack: false };

/** The ways to ask, best first. `epochMs` is the value when the text tells it, else null. */
export function timeBounds(
  asked: TimeOperator,
  epochMs: number | null,
  literal: TimestampLiteral,
  field: Field,
): readonly TimeBound[] {
  const compares = literal.compares ?? 'as-shown';
  // Records show whole steps of the field; where the literal can say each of them, strict bounds lose nothing.
  const isOnSteps =
    saysOffset(literal) && unitMs[field.granularity] >= unitMs[literal.unit] && sameDays(literal, field);
  const isSaid =
    epochMs === null
      ? isOnSteps && field.granularity === 'ms' && literal.unit === 'ms'
      : isAligned(epochMs, literal, field);
  const isCoarser = compares === 'coarser';
  const isFiner = compares === 'finer';
  const bound = (op: TimeOperator, adjustment: Adjustment, isExact: boolean): TimeBound => ({
    op,
    adjustment,
    isExact,
  });
  switch (asked) {
    case '>':
      return isCoarser
        ? [bound('>=', down, false), bound('>', { ...down, stepBack: true }, false)]
        : [bound('>', down, !isFiner && (isOnSteps || isSaid)), bound('>=', down, false)];
    case '>=':
      return isCoarser
        ? [bound('>=', down, isSaid), bound('>', { ...down, stepBack: true }, isSaid)]
        : [bound('>=', down, isSaid), bound('>', { ...down, shiftMs: -1 }, !isFiner && isOnSteps)];
    case '<':
      return [bound('<', up, isSaid || (isOnSteps && !isCoarser)), bound('<=', up, false)];
    case '<=': {
      const past: Adjustment = { ...up, shiftMs: 1 };
      return isFiner
        ? [bound('<', past, isOnSteps), bound('<=', past, false)]
        : [bound('<=', up, isSaid && !isCoarser), bound('<', past, isOnSteps && !isCoarser)];
    }
  }
}

/** The days of the field begin when those of the literal do. */
function sameDays(literal: TimestampLiteral, field: Field): boolean {
  return literal.unit !== 'day' || (literal.zone ?? 'UTC') === field.zone;
}
