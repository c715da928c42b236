/** The operators that a dialect may declare: those of the where language, each with its negation. */
import type { Operators } from '../definition/dialect.ts';
import type { Predicate } from '../where/ast.ts';

export type OperatorName = keyof Operators;

/** The operator that a predicate asks for. */
export function operatorName(predicate: Predicate): OperatorName {
  switch (predicate.kind) {
    case 'compare':
      return predicate.op;
    case 'null':
      return predicate.negated ? 'is not null' : 'is null';
    case 'in':
      return predicate.negated ? 'not in' : 'in';
    case 'between':
      return predicate.negated ? 'not between' : 'between';
    case 'like':
      return `${predicate.negated ? 'not ' : ''}${predicate.caseless ? 'ilike' : 'like'}`;
    case 'match':
      return `${predicate.negated ? 'not ' : ''}${predicate.op}`;
  }
}

/** The operator whose negation this one is, or null for a positive one. */
export function positiveOf(name: OperatorName): OperatorName | null {
  if (name === '!=') return '=';
  if (name === 'is not null') return 'is null';
  return name.startsWith('not ') ? (name.slice('not '.length) as OperatorName) : null;
}
