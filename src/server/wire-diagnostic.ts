/** Diagnostics as the API shows them: with line and column where there is a text to count in. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

export interface WireDiagnostic extends Omit<Diagnostic, 'place'> {
  /** In the text that the pointer leads to, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** @param document what was sent, or undefined when it could not be read. */
export function wireDiagnostic(diagnostic: Diagnostic, document: unknown): WireDiagnostic {
  const { place, ...rest } = diagnostic;
  if (place !== undefined) return { ...rest, line: place.line, column: place.column };
  const { pointer, span } = diagnostic;
  const text = pointer === undefined ? undefined : valueAt(document, pointer);
  return typeof text === 'string' && span !== undefined ? { ...rest, ...lineAndColumn(text, span.start) } : rest;
}

/** Line and column of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** The value at a JSON pointer (RFC 6901 §4); undefined when there is none. */
function valueAt(document: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce((value: unknown, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  }, document);
}
