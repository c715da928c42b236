/** Which operators fit which types of field. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Field, FieldType, Predicate } from './ast.ts';
import { printField } from './print.ts';

type Group = 'equality' | 'order' | 'text' | 'null';

const fitting: Readonly<Record<FieldType, readonly Group[]>> = {
  text: ['equality', 'order', 'text', 'null'],
  enum: ['equality', 'null'],
  id: ['equality', 'null'],
  number: ['equality', 'order', 'null'],
  boolean: ['equality', 'null'],
  timestamp: ['equality', 'order', 'null'],
  date: ['equality', 'order', 'null'],
};

/** A diagnostic when the predicate’s operator means nothing for the field’s type. */
export function checkOperator(predicate: Predicate, field: Field): Diagnostic | null {
  if (fitting[field.type].includes(groupOf(predicate))) return null;
  return {
    code: 'where-operator-unfit',
    severity: 'error',
    message: `${nameOf(predicate)} does not fit ${printField(field.name)}, ${describe(field.type)}.`,
    help: remedy(predicate, field),
    span: predicate.span,
  };
}

function groupOf(predicate: Predicate): Group {
  switch (predicate.kind) {
    case 'compare':
      return predicate.op === '=' || predicate.op === '!=' ? 'equality' : 'order';
    case 'in':
      return 'equality';
    case 'between':
      return 'order';
    case 'null':
      return 'null';
    default:
      return 'text';
  }
}

function nameOf(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'compare':
      return predicate.op;
    case 'like':
      return predicate.caseless ? 'ILIKE' : 'LIKE';
    case 'match':
      return predicate.op.toUpperCase();
    default:
      return predicate.kind.toUpperCase();
  }
}

function describe(type: FieldType): string {
  switch (type) {
    case 'enum':
      return 'which takes one of a few words';
    case 'id':
      return 'an id, which is compared as a whole';
    case 'text':
      return 'text';
    default:
      return `a ${type}`;
  }
}

function remedy(predicate: Predicate, field: Field): string {
  const name = printField(field.name);
  switch (field.type) {
    case 'enum':
    case 'id':
      return `Use =, != or IN: ${name} IN ('…', '…').`;
    case 'boolean':
      return `Write ${name} = true or ${name} = false.`;
    case 'number':
      return `Use =, <, > or BETWEEN: ${name} BETWEEN 10 AND 19.`;
    default:
      return predicate.kind === 'like' || predicate.kind === 'match'
        ? `Bound it: ${name} >= '2026-01-01' AND ${name} < '2026-02-01'.`
        : `Use =, < or >.`;
  }
}
