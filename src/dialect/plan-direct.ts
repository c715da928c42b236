/** Asks for a predicate by the vendor’s operator of the same meaning. */
import type { Predicate } from '../where/ast.ts';
import { listOf, operandOf, refusalOf, valueWriter } from './operand.ts';
import { type OperatorName, operatorName, positiveOf } from './operator-name.ts';
import { planTime } from './plan-time.ts';
import { none, type Planned, plan, returnsMore } from './planned.ts';
import type { Operand, Push } from './push.ts';
import type { Usable } from './usable.ts';
import { valuesOf } from './values-of.ts';
import type { VendorField } from './vendor-field.ts';

/** Plans a predicate by its own operator, or by the negation of its positive. No rewrites. */
export function planDirect(predicate: Predicate, at: VendorField): Planned {
  if (comparesWithNull(predicate)) return none('a comparison with null is true for no record');
  const name = operatorName(predicate);
  const found = at.usable(name);
  if (typeof found === 'string' || predicate.kind === 'null') {
    const positive = positiveOf(name);
    if (typeof found !== 'string') return plan(found, [], at);
    return positive === null || at.dialect.negation === undefined
      ? absent(name, found, predicate, at)
      : planNegated(predicate, positive, at, found);
  }
  return planUsable(predicate, found, at);
}

/** A missing comparison of time may still be asked for by a neighbouring one. */
function absent(name: OperatorName, why: string, predicate: Predicate, at: VendorField): Planned {
  const isBound = name === '<' || name === '<=' || name === '>' || name === '>=';
  return isBound && at.field.type === 'timestamp' ? planTime(predicate, at) : none(why);
}

function planUsable(predicate: Predicate, found: Usable, at: VendorField): Planned {
  if (at.field.type === 'timestamp') return planTime(predicate, at);
  const operands = operandsOf(predicate, found, at);
  return typeof operands === 'string' ? none(operands) : planList(predicate, found, operands, at);
}

function planNegated(predicate: Predicate, positive: OperatorName, at: VendorField, why: string): Planned {
  const { negation } = at.dialect;
  const asked: Predicate = predicate.kind === 'compare' ? { ...predicate, op: '=' } : { ...predicate, negated: false };
  const found = at.usable(positive);
  if (typeof found === 'string' || negation === undefined) return none(why);
  if (!found.isExact) return none(`${found.why}, so its negation could leave records out`);
  const planned = asked.kind === 'null' ? plan(found, [], at) : planUsable(asked, found, at);
  if (planned.push?.kind !== 'leaf' || (!planned.isExact && !planned.push.canFail)) return none(why);
  const push: Push = { ...planned.push, negation: negation.emit };
  if (negation.nulls === 'excluded' || asked.kind === 'null') return { ...planned, push };
  return { push, isExact: false, reason: returnsMore('the vendor also returns records without a value') };
}

/** One operand per slot, or why a value cannot be sent. */
function operandsOf(predicate: Predicate, found: Usable, at: VendorField): readonly Operand[] | string {
  const operands: Operand[] = [];
  for (const value of valuesOf(predicate)) {
    if (value.kind === 'null') continue;
    const write = valueWriter(value, predicate, found, at);
    if (typeof write === 'string') return write;
    operands.push(operandOf(slotOf(predicate, operands.length), value, write));
  }
  return refusalOf(operands) ?? operands;
}

function slotOf(predicate: Predicate, index: number): Operand['slot'] {
  if (predicate.kind === 'in') return 'values';
  if (predicate.kind !== 'between') return 'value';
  return index === 0 ? 'low' : 'high';
}

/** Builds the leaf; a list that is longer than the vendor takes becomes several. */
function planList(predicate: Predicate, found: Usable, operands: readonly Operand[], at: VendorField): Planned {
  if (predicate.kind !== 'in') return plan(found, operands, at, canFail(operands, at));
  if (operands.length === 0) return none('the list has no value');
  const most = at.dialect.boolean.limits?.inValues ?? Number.POSITIVE_INFINITY;
  const planned = chunk(operands, most).map((part) =>
    plan(found, [listOf(part, at.dialect)], at, canFail(operands, at)),
  );
  const leaves = planned.flatMap(({ push }) => (push?.kind === 'leaf' ? [push] : []));
  const [first, ...rest] = leaves;
  const [lead] = planned;
  if (lead === undefined || first === undefined || rest.length === 0) return lead ?? none('the list has no value');
  // All of NOT IN must hold in one query; any of IN may hold in its own.
  return {
    ...lead,
    push: predicate.negated ? { kind: 'and', args: leaves } : { kind: 'chunks', leaves: [first, ...rest] },
  };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size) || 1;
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size)).filter(
    (part) => part.length > 0,
  );
}

/** A value of text or number that only binding tells may turn out not to be sendable. */
function canFail(operands: readonly Operand[], { field }: VendorField): boolean {
  return field.type !== 'boolean' && field.type !== 'date' && operands.some(({ literal }) => literal === null);
}

function comparesWithNull(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'null':
      return false;
    case 'in':
      return predicate.negated
        ? predicate.values.some(({ kind }) => kind === 'null')
        : predicate.values.every(({ kind }) => kind === 'null');
    case 'between':
      // NOT BETWEEN may hold by one bound when the other is null; that is left to the local check.
      return predicate.low.kind === 'null' || predicate.high.kind === 'null';
    case 'like':
      return predicate.pattern.kind === 'null';
    default:
      return predicate.value.kind === 'null';
  }
}
