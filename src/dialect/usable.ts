/** What a dialect says of an operator for one field, and whether that can be used. */
import type { Answers, Dialect, Emit, Operator } from '../definition/dialect.ts';
import type { Field } from '../where/ast.ts';
import type { OperatorName } from './operator-name.ts';
import { ownField } from './own-field.ts';

/** The field’s own operator before the dialect’s; null when neither has it. */
export function findOperator(name: OperatorName, field: Field, dialect: Dialect): Operator | null {
  const own = ownField(field.name, dialect)?.operators?.[name];
  return own ?? (dialect.onlyFields === true ? null : (dialect.operators[name] ?? null));
}

/** How the operator’s answer relates to ours for this field, by the connector’s word before the dialect’s. */
function answerOf(name: OperatorName, operator: Operator, field: Field): NonNullable<Answers['text']> {
  return field.operators[name] ?? operator.answers[field.type] ?? 'no';
}

/** A vendor’s operator that answers at least the predicate, for this field. */
export interface Usable {
  readonly name: OperatorName;
  /** The template of its condition for fields of this type. */
  readonly emit: Emit;
  readonly isExact: boolean;
  /** Why the answer may be wider; null when it is ours. */
  readonly why: string | null;
}

/** The operator, or the reason it cannot be used. */
export function usable(name: OperatorName, field: Field, dialect: Dialect): Usable | string {
  const operator = findOperator(name, field, dialect);
  if (operator === null) return `the vendor has no ${name.toUpperCase()}`;
  const answer = answerOf(name, operator, field);
  const why = operator.why ?? dialect.why?.[field.type];
  if (answer === 'no') {
    return why === undefined
      ? `the vendor's ${name.toUpperCase()} does not answer this for a ${field.type}`
      : `the vendor ${why}, so its ${name.toUpperCase()} could leave records out`;
  }
  const wider = field.operators[name] === undefined ? nullTrouble(name, operator, dialect) : null;
  if (wider === 'loses')
    return 'the vendor takes empty text for no value, so it would leave out records with empty text';
  const emit = operator.emitFor?.[field.type] ?? operator.emit;
  if (wider !== null) return { name, emit, isExact: false, why: wider };
  if (answer === 'exact' && dialect.ignoresUnknownFields === true && field.operators[name] === undefined)
    return { name, emit, isExact: false, why: 'the vendor ignores a condition on a field that it does not know' };
  return answer === 'exact'
    ? { name, emit, isExact: true, why: null }
    : { name, emit, isExact: false, why: `the vendor ${why ?? 'may see more in this than it says'}` };
}

/** What the vendor’s handling of missing values does to the answer; null when nothing. */
function nullTrouble(name: OperatorName, operator: Operator, dialect: Dialect): string | null {
  if (name === 'is not null') return dialect.emptyTextIsNull === true ? 'loses' : null;
  if (name === 'is null') return dialect.emptyTextIsNull === true ? 'the vendor takes empty text for no value' : null;
  return operator.nulls === 'included' ? 'the vendor also returns records without a value' : null;
}
