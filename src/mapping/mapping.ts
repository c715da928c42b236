/** A native record becomes the common resource. JSONata, compiled once at load. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

/** What a mapping may read besides the record, as `$settings`, `$instance` and `$object`. */
export interface MappingContext {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly object: string;
  /** The record may be no more than a stub: what it lacks is unknown, whatever the mapping makes of it else. */
  readonly isDeleted?: boolean;
}

export interface Mapping {
  /**
   * The normalised record. Properties whose expression yields nothing are left out, or null where the vendor leaves out
   * what is empty; empty texts are null.
   * @throws Failure `mapping-failed` when an expression throws, runs too long or too deep; the record id is the caller's to add.
   */
  apply(native: unknown, context: MappingContext): Promise<Record<string, unknown>>;
}

export interface CompiledMapping {
  readonly mapping: Mapping;
  /** Pointers are relative to the mapping; spans are offsets in the expression. */
  readonly diagnostics: readonly Diagnostic[];
}
