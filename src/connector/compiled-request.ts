import type { Template } from '../template/template.ts';

/** A request whose every text is a compiled template. */
export interface CompiledRequest {
  readonly method: 'GET' | 'POST';
  readonly path: Template;
  readonly query: Readonly<Record<string, Template>>;
  readonly headers: Readonly<Record<string, Template>>;
  /** JSON with templates at its leaves; null for no body. */
  readonly body: Template | null;
  /** The vendor's names of the fields to ask for: what {fields} stands for. */
  readonly fields: readonly string[];
}
