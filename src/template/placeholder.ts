/** One text of a template, read into what is fixed and what is filled. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

/** A fixed text, or the steps of a dotted name. */
export type Segment = string | { readonly name: string; readonly steps: readonly string[] };

export interface ParsedText {
  readonly segments: readonly Segment[];
  readonly diagnostics: readonly Diagnostic[];
}

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const NAME = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z0-9_$][\w$-]*)*$/;

function braceDiagnostic(message: string, start: number, end: number, pointer: string): Diagnostic {
  return {
    code: 'connector-template',
    severity: 'error',
    message,
    help: 'Write {dotted.name} for a placeholder, and {{ or }} for a brace itself.',
    span: { start, end },
    pointer,
  };
}

/** Reads a text into segments. What is wrong is reported and kept in the text as it stands. */
export function parseText(text: string, pointer: string): ParsedText {
  const segments: Segment[] = [];
  const diagnostics: Diagnostic[] = [];
  let fixed = '';
  let offset = 0;
  const endFixed = (): void => {
    if (fixed !== '') segments.push(fixed);
    fixed = '';
  };
  for (const match of text.matchAll(TOKEN)) {
    const [token, name] = match;
    const end = match.index + token.length;
    fixed += text.slice(offset, match.index);
    offset = end;
    if (token === '{{' || token === '}}') {
      fixed += token.charAt(0);
    } else if (name !== undefined && NAME.test(name)) {
      endFixed();
      segments.push({ name, steps: name.split('.') });
    } else {
      fixed += token;
      diagnostics.push(braceDiagnostic(problemOf(token, name), match.index, end, pointer));
    }
  }
  fixed += text.slice(offset);
  endFixed();
  return { segments, diagnostics };
}

function problemOf(token: string, name: string | undefined): string {
  if (name === '') return 'A placeholder has no name.';
  if (name !== undefined) return `"${name}" is no placeholder name.`;
  return token === '{' ? 'A brace is opened and not closed.' : 'A brace is closed that was not opened.';
}
