/** Asks for a predicate by the vendor’s operator of the same meaning. */
import type { Dialect, Operator, TextLiteral } from '../definition/dialect.ts';
import type { Field, Predicate, Value } from '../where/ast.ts';
import { patternPieces } from './like-pattern.ts';
import {
  booleanFormat,
  dateFormat,
  type Format,
  isOpen,
  listFormat,
  numberFormat,
  textFormat,
  textRules,
} from './operand.ts';
import { type OperatorName, operatorName, positiveOf } from './operator-name.ts';
import { vendorName } from './own-field.ts';
import { planTime } from './plan-time.ts';
import { none, type Planned, plan, returnsMore } from './planned.ts';
import type { Binder, Operand, Push } from './push.ts';
import { regExp } from './reg-exp.ts';
import { formatPattern } from './text-literal.ts';
import { type Usable, usable } from './usable.ts';
import { valuesOf } from './values-of.ts';

/** Plans a predicate by its own operator, or by the negation of its positive. No rewrites. */
export function planDirect(predicate: Predicate, field: Field, dialect: Dialect): Planned {
  if (comparesWithNull(predicate)) return none('a comparison with null is true for no record');
  const { allowed } = dialect.field ?? {};
  if (allowed !== undefined && !regExp(allowed).test(vendorName(field.name, dialect))) {
    return none(`the vendor's language cannot name the field ${field.name}`);
  }
  const name = operatorName(predicate);
  const found = usable(name, field, dialect);
  if (typeof found === 'string' || predicate.kind === 'null') {
    const positive = positiveOf(name);
    if (typeof found !== 'string') return plan(found, [], field, dialect);
    return positive === null || dialect.negation === undefined
      ? absent(name, found, predicate, field, dialect)
      : planNegated(predicate, positive, field, dialect, found);
  }
  return planUsable(predicate, found, field, dialect);
}

/** A missing comparison of time may still be asked for by a neighbouring one. */
function absent(name: OperatorName, why: string, predicate: Predicate, field: Field, dialect: Dialect): Planned {
  const isBound = name === '<' || name === '<=' || name === '>' || name === '>=';
  return isBound && field.type === 'timestamp' ? planTime(predicate, field, dialect) : none(why);
}

function planUsable(predicate: Predicate, found: Usable, field: Field, dialect: Dialect): Planned {
  if (field.type === 'timestamp') return planTime(predicate, field, dialect);
  const operands = operandsOf(predicate, found, field, dialect);
  return typeof operands === 'string' ? none(operands) : planList(predicate, found, operands, field, dialect);
}

function planNegated(
  predicate: Predicate,
  positive: OperatorName,
  field: Field,
  dialect: Dialect,
  why: string,
): Planned {
  const { negation } = dialect;
  const asked: Predicate = predicate.kind === 'compare' ? { ...predicate, op: '=' } : { ...predicate, negated: false };
  const found = usable(positive, field, dialect);
  if (typeof found === 'string' || negation === undefined) return none(why);
  if (!found.isExact) return none(`${found.why}, so its negation could leave records out`);
  const planned = asked.kind === 'null' ? plan(found, [], field, dialect) : planUsable(asked, found, field, dialect);
  if (planned.push?.kind !== 'leaf' || (!planned.isExact && !planned.push.canFail)) return none(why);
  const push: Push = { ...planned.push, negation: negation.emit };
  if (negation.nulls === 'excluded' || asked.kind === 'null') return { ...planned, push };
  return { push, isExact: false, reason: returnsMore('the vendor also returns records without a value') };
}

/** One operand per slot, or why a value cannot be sent. */
function operandsOf(predicate: Predicate, found: Usable, field: Field, dialect: Dialect): readonly Operand[] | string {
  const operand = (slot: Operand['slot'], format: Format): Operand => ({ slot, format });
  const format = (value: Value): Format | string => valueFormat(value, predicate, found, field, dialect);
  switch (predicate.kind) {
    case 'null':
      return [];
    case 'in': {
      const formats = predicate.values.filter(({ kind }) => kind !== 'null').map(format);
      const failed = formats.find((made) => typeof made === 'string');
      return failed ?? formats.flatMap((made) => (typeof made === 'string' ? [] : [operand('values', made)]));
    }
    case 'between': {
      const low = format(predicate.low);
      const high = format(predicate.high);
      if (typeof low === 'string') return low;
      return typeof high === 'string' ? high : [operand('low', low), operand('high', high)];
    }
    default: {
      const made = format(predicate.kind === 'like' ? predicate.pattern : predicate.value);
      return typeof made === 'string' ? made : [operand('value', made)];
    }
  }
}

/** How a value is written, or why it cannot be: told at once for a value that the text gives. */
function valueFormat(
  value: Value,
  predicate: Predicate,
  found: Usable,
  field: Field,
  dialect: Dialect,
): Format | string {
  const made = makeFormat(value, predicate, found, field, dialect);
  if (typeof made === 'string' || isOpen(value)) return made;
  const literal = made(constant);
  return literal.ok ? () => literal : `the vendor cannot be sent this value: ${literal.why}`;
}

const constant: Binder = { bindings: { parameters: {}, nowMs: 0 }, showNames: false };

function makeFormat(
  value: Value,
  predicate: Predicate,
  found: Usable,
  field: Field,
  dialect: Dialect,
): Format | string {
  const { literals } = dialect;
  switch (field.type) {
    case 'number':
      return numberFormat(value, dialect);
    case 'boolean':
      return literals.boolean === undefined ? noLiteral(field) : booleanFormat(value, field, literals.boolean);
    case 'timestamp':
      return noLiteral(field);
    case 'date':
      return literals.date === undefined ? noLiteral(field) : dateFormat(value, field, dialect, literals.date, 0);
    default:
      return textualFormat(value, predicate, found.operator, field.type, dialect);
  }
}

function textualFormat(
  value: Value,
  predicate: Predicate,
  operator: Operator,
  type: 'text' | 'enum' | 'id',
  dialect: Dialect,
): Format {
  const base = dialect.literals[type] ?? dialect.literals.text ?? {};
  const own = operator.literals?.[type];
  const literal: TextLiteral = own === undefined ? base : { ...base, ...own };
  const rules = textRules(literal, dialect, predicate.kind === 'in');
  return predicate.kind === 'like'
    ? textFormat(value, rules, (text) => formatPattern(patternPieces(text), rules))
    : textFormat(value, rules);
}

function noLiteral(field: Field): string {
  return `the vendor's language has no literal for a ${field.type}`;
}

/** Builds the leaf; a list that is longer than the vendor takes becomes several. */
function planList(
  predicate: Predicate,
  found: Usable,
  operands: readonly Operand[],
  field: Field,
  dialect: Dialect,
): Planned {
  if (predicate.kind !== 'in') return plan(found, operands, field, dialect, opensText(predicate, field));
  if (operands.length === 0) return none('the list has no value');
  const most = dialect.boolean.limits?.inValues ?? Number.POSITIVE_INFINITY;
  const planned = chunk(operands, most).map((part) => {
    const values: Operand = {
      slot: 'values',
      format: listFormat(
        part.map(({ format }) => format),
        dialect,
      ),
    };
    return plan(found, [values], field, dialect, opensText(predicate, field));
  });
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
function opensText(predicate: Predicate, field: Field): boolean {
  return field.type !== 'boolean' && field.type !== 'date' && valuesOf(predicate).some(isOpen);
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
