/**
 * Templates of requests: `{settings.host}` in a text is replaced by the value of that name, and a text that is
 * exactly one placeholder becomes the value itself, of whatever type. `{{` and `}}` are the braces themselves.
 * Templates have no logic; what must be decided is decided by the schema's words.
 */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

/** Values by dotted name: `{ settings: { host: "…" }, where: … }`. */
export type TemplateValues = Readonly<Record<string, unknown>>;

export interface Template {
  /** The dotted names it uses, each once. */
  readonly names: readonly string[];
  /**
   * The filled value. A name that has no value renders to '' in a text and to undefined when it stands alone;
   * in a text, a list of texts or numbers is joined by commas, and other objects and arrays are their JSON.
   */
  render(values: TemplateValues): unknown;
  /** The filled value as text; `encode` is applied to each placeholder's value, not to the text around it. */
  renderText(values: TemplateValues, encode?: (value: string) => string): string;
}

/** Compiled template plus what is wrong with its source: a brace left open, an empty name. */
export interface CompiledTemplate {
  readonly template: Template;
  readonly diagnostics: readonly Diagnostic[];
}
