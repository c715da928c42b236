/** The pushed part of a where, in the words of a dialect and not yet written out. */
import type { Bindings } from '../where/ast.ts';
import type { Literal } from './text-literal.ts';

/** What a leaf’s values are taken from. */
export interface Binder {
  readonly bindings: Bindings;
  /** Write `:name` for parameters that have no value, as explanations do; otherwise that is a RangeError. */
  readonly showNames: boolean;
}

export interface Operand {
  readonly slot: 'value' | 'values' | 'low' | 'high';
  /** The literal, where the text of the where gives the value; null where only binding does. */
  readonly literal: Literal | null;
  format(binder: Binder): Literal;
}

/** One condition of the vendor’s language. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly emit: unknown;
  /** Around the condition, with {arg}: how it is negated. */
  readonly negation: unknown;
  /** The field as the vendor writes it. */
  readonly field: string;
  readonly operands: readonly Operand[];
  /** The value is known only when bound, and may then turn out not to be sendable. */
  readonly canFail: boolean;
  /** Bounds time: the last condition to give up. */
  readonly isTimeBound: boolean;
}

/** An IN list cut to what the vendor takes: one leaf per query. */
export interface Chunks {
  readonly kind: 'chunks';
  readonly leaves: readonly [Leaf, ...Leaf[]];
}

export type Push =
  | Leaf
  | Chunks
  | { readonly kind: 'and'; readonly args: readonly Push[] }
  | { readonly kind: 'or'; readonly args: readonly Push[] };

/** All of the conditions, without a chain directly inside a chain of its kind. */
export function joinPushes(kind: 'and' | 'or', pushes: readonly Push[]): Push {
  const args: Push[] = [];
  for (const push of pushes) {
    if (push.kind === kind) for (const arg of push.args) args.push(arg);
    else args.push(push);
  }
  const [only] = args;
  return args.length === 1 && only !== undefined ? only : { kind, args };
}

/** True when all leaves pass; of a cut list only the first part is looked at, as each query holds one. */
export function everyLeaf(push: Push, test: (leaf: Leaf) => boolean): boolean {
  if (push.kind === 'leaf') return test(push);
  return push.kind === 'chunks' ? test(push.leaves[0]) : push.args.every((arg) => everyLeaf(arg, test));
}

/** True when a value that only binding tells may turn out not to be sendable. */
export function canFail(push: Push): boolean {
  return !everyLeaf(push, (leaf) => !leaf.canFail);
}
