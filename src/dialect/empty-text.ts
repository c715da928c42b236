/** Vendors that take empty text for no value: a record may show '' where the vendor’s filter sees nothing. */
import type { Dialect } from '../definition/dialect.ts';
import type { Field, Predicate } from '../where/ast.ts';
import { compileValueTest } from '../where/value-test.ts';
import { isOpen } from './operand.ts';
import { type OperatorName, operatorName, positiveOf } from './operator-name.ts';
import { findOperator } from './usable.ts';
import { valuesOf } from './values-of.ts';
import type { VendorField } from './vendor-field.ts';

/**
 * True when the predicate can hold for empty text, and the vendor’s operator would leave such records out. A value
 * that only binding tells counts as one for which it can, except where the value would have to be empty itself:
 * empty values are never sent to such a vendor.
 */
export function holdsForEmpty(predicate: Predicate, { field, dialect }: VendorField): boolean {
  if (dialect.emptyTextIsNull !== true || predicate.kind === 'null') return false;
  if (field.type !== 'text' && field.type !== 'enum' && field.type !== 'id') return false;
  const name = operatorName(predicate);
  if (field.operators[name] !== undefined) return false;
  if (returnsNulls(name, field, dialect)) return false;
  if (valuesOf(predicate).some(isOpen)) return name !== '=' && name !== 'in';
  return compileValueTest(predicate, field)({ parameters: {}, nowMs: 0 })('');
}

function returnsNulls(name: OperatorName, field: Field, dialect: Dialect): boolean {
  const operator = findOperator(name, field, dialect);
  if (operator !== null) return operator.nulls === 'included';
  return positiveOf(name) !== null && dialect.negation?.nulls === 'included';
}
