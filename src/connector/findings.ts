/** What is wrong with a file, gathered while it is linked: each with its pointer, and its place when the file is known. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source } from './source.ts';

/** A diagnostic about a value at a JSON pointer. */
export type Finding = Omit<Diagnostic, 'severity' | 'place'> & {
  readonly pointer: string;
  readonly severity?: Diagnostic['severity'];
};

export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Source | null;

  constructor(source: Source | null) {
    this.#source = source;
  }

  /** Adds what is wrong with a value; an error unless it says otherwise. */
  add(finding: Finding): void {
    const { pointer, span } = finding;
    const place = this.#source?.place(pointer, span);
    this.diagnostics.push({ severity: 'error', ...finding, ...(place && { place }) });
  }

  /** Adds what is wrong with a property's name rather than its value. */
  addForName(finding: Finding): void {
    const place = this.#source?.placeOfName(finding.pointer);
    this.diagnostics.push({ severity: 'error', ...finding, ...(place && { place }) });
  }

  /** Adds what another part found, whose pointers are relative to `pointer`. */
  addAll(diagnostics: readonly Diagnostic[], pointer: string): void {
    for (const diagnostic of diagnostics) this.add({ ...diagnostic, pointer: pointer + (diagnostic.pointer ?? '') });
  }
}

/** A JSON pointer with steps added (RFC 6901 §3). */
export function pointerTo(pointer: string, ...steps: readonly (string | number)[]): string {
  return pointer + steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
