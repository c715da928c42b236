/** How one predicate fares by itself. */
import type { Leaf, Operand, Push } from './push.ts';
import type { Usable } from './usable.ts';
import type { VendorField } from './vendor-field.ts';

export interface Planned {
  /** null: nothing can be asked. */
  readonly push: Push | null;
  readonly isExact: boolean;
  /** A clause for people. */
  readonly reason: string;
}

/** A leaf with its fate. */
export function plan(found: Usable, operands: readonly Operand[], at: VendorField, canFail = false): Planned {
  const push: Leaf = {
    kind: 'leaf',
    emit: found.emit,
    negation: null,
    field: at.text,
    operands,
    canFail,
    isTimeBound: at.field.type === 'timestamp',
  };
  if (found.why !== null) return { push, isExact: false, reason: returnsMore(found.why) };
  if (canFail) {
    return {
      push,
      isExact: false,
      reason: 'the value is known only when the query is bound, and may then not be sendable; checked here',
    };
  }
  return { push, isExact: true, reason: 'the vendor compares the same way: exact' };
}

export function returnsMore(why: string): string {
  return `${why}, so it returns more; checked here`;
}

/** Nothing can be asked. */
export function none(why: string): Planned {
  return { push: null, isExact: false, reason: `${why}; checked here` };
}
