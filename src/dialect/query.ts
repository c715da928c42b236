/** What a where becomes for one vendor: the native query, the residual, and why. */
import type { Bindings, Normal, Where } from '../where/ast.ts';

/** The vendor's form of the pushed part. `pairs` are named parameters, in order. */
export type Native =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tree'; readonly tree: unknown }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [name: string, value: string])[] };

export interface PredicateReport {
  /** The predicate as the person wrote it, or printed when it came from a rewrite. */
  readonly text: string;
  readonly pushed: 'exact' | 'superset' | 'no';
  readonly reason: string;
}

export interface CompiledQuery {
  readonly where: Where;
  /** Per predicate of the where, in the order written. */
  readonly predicates: readonly PredicateReport[];
  /** What must be evaluated here on what comes back; null when the vendor's answer is proved to be ours. */
  readonly residual: Normal | null;
  /**
   * Binds parameters and emits the native query: one per request to send, whose answers are united by record id.
   * The list has one entry unless an IN list is longer than the vendor takes.
   */
  bind(bindings: Bindings): readonly Native[];
}
