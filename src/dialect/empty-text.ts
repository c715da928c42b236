/** Vendors whose records show '' or 0 where their filter sees no value. */
import type { Dialect } from '../definition/dialect.ts';
import type { Field, Predicate } from '../where/ast.ts';
import { compileValueTest } from '../where/value-test.ts';
import { isOpen } from './operand.ts';
import { type OperatorName, operatorName, positiveOf } from './operator-name.ts';
import { findOperator } from './usable.ts';
import { valuesOf } from './values-of.ts';
import type { VendorField } from './vendor-field.ts';

/**
 * True when the predicate can hold for what stands for no value, and the vendor’s operator would leave such records
 * out. A value that only binding tells counts as one for which it can, except where the value would have to be empty
 * text itself: that is never sent to such a vendor.
 */
export function holdsForEmpty(predicate: Predicate, { field, dialect }: VendorField): boolean {
  const empty = shownForNull(field, dialect);
  if (empty === null || predicate.kind === 'null') return false;
  const name = operatorName(predicate);
  if (field.operators[name] !== undefined) return false;
  if (returnsNulls(name, field, dialect)) return false;
  if (valuesOf(predicate).some(isOpen)) return empty === 0 || (name !== '=' && name !== 'in');
  return compileValueTest(predicate, field)({ parameters: {}, nowMs: 0 })(empty);
}

/** What records of the vendor may show where it sees no value; null for no such thing. */
function shownForNull(field: Field, dialect: Dialect): '' | 0 | null {
  switch (field.type) {
    case 'text':
    case 'enum':
    case 'id':
      return dialect.emptyTextIsNull === true ? '' : null;
    case 'number':
      return dialect.zeroIsNull === true ? 0 : null;
    default:
      return null;
  }
}

function returnsNulls(name: OperatorName, field: Field, dialect: Dialect): boolean {
  const operator = findOperator(name, field, dialect);
  if (operator !== null) return operator.nulls === 'included';
  return positiveOf(name) !== null && dialect.negation?.nulls === 'included';
}
