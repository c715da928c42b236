/** Other ways to ask for the same, or for a little more, when a dialect lacks an operator. True of every language. */
import type { Span } from '../diagnostic/diagnostic.ts';
import type { CompareOperator, Field, Normal, Predicate, Value } from '../where/ast.ts';
import { simplerPatterns } from './like-pattern.ts';

export interface Rewrite {
  readonly to: Normal;
  /** False: what it asks for includes what was asked and more. */
  readonly isSame: boolean;
}

/** The alternatives to a predicate, best first. */
export function rewrites(predicate: Predicate, field: Field): readonly Rewrite[] {
  switch (predicate.kind) {
    case 'compare':
      return comparisonRewrites(predicate, field);
    case 'between':
      return [same(betweenAsBounds(predicate))];
    case 'in':
      return [same(listAsComparisons(predicate))];
    case 'like':
      return likeRewrites(predicate);
    default:
      return [];
  }
}

type Compare = Predicate & { readonly kind: 'compare' };

function comparisonRewrites(predicate: Compare, field: Field): readonly Rewrite[] {
  const { op, value } = predicate;
  const ask = (other: CompareOperator): Predicate => ({ ...predicate, op: other });
  // An order of numbers and days has no step that every vendor shares; times are handled by time-bound.ts.
  const isOrdered = field.type === 'number' || field.type === 'date';
  switch (op) {
    case '=': {
      const list: Predicate = { ...predicate, kind: 'in', negated: false, values: [value] };
      const range = join('and', [ask('>='), ask('<=')], predicate);
      return [same(list), ...(isOrdered || field.type === 'timestamp' ? [same(range)] : [])];
    }
    case '!=':
      // A boolean that is known is one of two.
      if (value.kind === 'boolean') return [same({ ...predicate, op: '=', value: { ...value, value: !value.value } })];
      return [same({ ...predicate, kind: 'in', negated: true, values: [value] })];
    case '>':
      return isOrdered ? [wider(ask('>='))] : [];
    case '<':
      return isOrdered ? [wider(ask('<='))] : [];
    default: {
      const strict = join('or', [ask(op === '>=' ? '>' : '<'), ask('=')], predicate);
      return [...asBetween(predicate, field), ...(isOrdered ? [same(strict)] : [])];
    }
  }
}

const firstDay = '0001-01-01';
const lastDay = '9999-12-31';
/** Records hold the last moment of all for "never": the end of a range is the last that the vendor can say. */
const lastMoments = ['23:59:59.999', '23:59:59', '00:00:00'].map((time) => Date.parse(`${lastDay}T${time}Z`));
const firstMoments = [Date.parse(`${firstDay}T00:00:00Z`)];

/** A vendor that only knows ranges is given one that is open at the end of time. */
function asBetween(predicate: Compare, field: Field): readonly Rewrite[] {
  const isLower = predicate.op === '>=';
  return openEnds(isLower, field, predicate.span).map((open) => {
    const [low, high] = isLower ? [predicate.value, open] : [open, predicate.value];
    return same({ kind: 'between', field: predicate.field, negated: false, low, high, span: predicate.span });
  });
}

function openEnds(isLower: boolean, { type }: Field, span: Span): readonly Value[] {
  if (type === 'date') return [{ kind: 'date', day: isLower ? lastDay : firstDay, span }];
  if (type !== 'timestamp') return [];
  return (isLower ? lastMoments : firstMoments).map((epochMs) => ({ kind: 'timestamp', epochMs, span }));
}

function betweenAsBounds(predicate: Predicate & { readonly kind: 'between' }): Normal {
  const { field, span, negated, low, high } = predicate;
  const compare = (op: CompareOperator, value: Value): Predicate => ({ kind: 'compare', field, op, value, span });
  return negated
    ? join('or', [compare('<', low), compare('>', high)], predicate)
    : join('and', [compare('>=', low), compare('<=', high)], predicate);
}

function listAsComparisons(predicate: Predicate & { readonly kind: 'in' }): Normal {
  const { field, span, negated, values } = predicate;
  const args = values.map((value): Predicate => ({ kind: 'compare', field, op: negated ? '!=' : '=', value, span }));
  const [only] = args;
  return args.length === 1 && only !== undefined ? only : join(negated ? 'and' : 'or', args, predicate);
}

function likeRewrites(predicate: Predicate & { readonly kind: 'like' }): readonly Rewrite[] {
  const { field, span, negated, caseless, pattern } = predicate;
  if (caseless || pattern.kind !== 'text') return [];
  return (
    simplerPatterns(pattern.text)
      // Under NOT, asking for more would lose; and no text fails to match a lone %.
      .filter(({ isSame, op }) => !negated || (isSame && op !== 'is not null'))
      .map(({ op, piece, isSame }): Rewrite => {
        const value: Value = { kind: 'text', text: piece, span };
        if (op === '=') return { to: { kind: 'compare', field, op: negated ? '!=' : '=', value, span }, isSame };
        if (op === 'is not null') return { to: { kind: 'null', field, negated: true, span }, isSame };
        return { to: { kind: 'match', field, op, negated, value, span }, isSame };
      })
  );
}

function join(kind: 'and' | 'or', args: readonly Normal[], predicate: Predicate): Normal {
  return { kind, args, span: predicate.span };
}

function same(to: Normal): Rewrite {
  return { to, isSame: true };
}

function wider(to: Normal): Rewrite {
  return { to, isSame: false };
}
