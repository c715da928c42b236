/**
 * A diagnostic says what is wrong with something a person wrote. It is a value: collected, never thrown.
 * What goes wrong in the world is a `Failure` (failure.ts).
 */
import type { DiagnosticCode } from './codes.ts';

export type Severity = 'error' | 'warning' | 'hint';

/** Half-open range of UTF-16 offsets in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a file: line and column count from 1, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** The file holds secrets: its lines are shown to nobody. */
  readonly hasSecrets?: boolean;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence that names the thing found. */
  readonly message: string;
  /** The remedy, in one sentence. */
  readonly help?: string;
  /** Where in the text that was read (a where, a JSONata expression), before it is placed in a file. */
  readonly span?: Span;
  /** JSON pointer (RFC 6901) of the value inside its document. */
  readonly pointer?: string;
  /** Where in a file; set by whoever knows the file. */
  readonly place?: Place;
}

/** True when nothing in the list keeps the thing from being used. */
export function isUsable(diagnostics: readonly Diagnostic[]): boolean {
  return !diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
