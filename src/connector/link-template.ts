/** Templates and paths of a connector, compiled and held against what can fill them. */
import type { Span } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { compileTemplate } from '../template/compile.ts';
import { checkPath, type Path, parsePath } from '../template/path.ts';
import type { Template } from '../template/template.ts';
import type { CompiledRequest } from './compiled-request.ts';
import { type Findings, pointerTo } from './findings.ts';

/** The dotted names that a template may use. */
export type Scope = readonly string[];

/** Compiles a template; reports what is wrong with it and names outside the scope. */
export function linkTemplate(source: unknown, scope: Scope, pointer: string, findings: Findings): Template {
  const { template, diagnostics } = compileTemplate(source);
  findings.addAll(diagnostics, pointer);
  for (const name of template.names) {
    if (scope.includes(name)) continue;
    const close = nearestName(name, scope);
    findings.add({
      code: 'connector-template',
      message: `Nothing fills the placeholder {${name}} here.`,
      help:
        close === null ? `Possible are ${scope.map((known) => `{${known}}`).join(', ')}.` : `Did you mean {${close}}?`,
      ...placeholderAt(source, name, pointer),
    });
  }
  return template;
}

/** Texts by name, each a template. */
export function linkTexts(
  texts: Readonly<Record<string, string>> | undefined,
  scope: Scope,
  pointer: string,
  findings: Findings,
): Readonly<Record<string, Template>> {
  const linked = Object.entries(texts ?? {}).map(([name, text]): [string, Template] => [
    name,
    linkTemplate(text, scope, pointerTo(pointer, name), findings),
  ]);
  return Object.fromEntries(linked);
}

/** The dotted names that the texts of a request use. */
export function placeholdersOf({
  path,
  query,
  headers,
  body,
}: Pick<CompiledRequest, 'path' | 'query' | 'headers' | 'body'>): readonly string[] {
  const templates = [path, ...Object.values(query), ...Object.values(headers), ...(body === null ? [] : [body])];
  return templates.flatMap(({ names }) => names);
}

/** Parses a path and reports what is wrong with it. */
export function linkPath(text: string, pointer: string, findings: Findings): Path {
  findings.addAll(checkPath(text), pointer);
  return parsePath(text);
}

/** A regular expression that a whole text must match; one that matches nothing when it is not well formed, which is reported. */
export function linkPattern(text: string, pointer: string, findings: Findings): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    findings.add({ code: 'connector-schema', message, pointer });
    return /(?!)/;
  }
}

/** The text inside a template's source that holds a placeholder, and the placeholder's span in it. */
function placeholderAt(
  source: unknown,
  name: string,
  pointer: string,
): { readonly pointer: string; readonly span?: Span } {
  if (typeof source === 'string') {
    const start = source.indexOf(`{${name}}`);
    return start < 0 ? { pointer } : { pointer, span: { start, end: start + name.length + 2 } };
  }
  if (source !== null && typeof source === 'object') {
    for (const [key, child] of Object.entries(source)) {
      const found = placeholderAt(child, name, pointerTo(pointer, key));
      if (found.span !== undefined) return found;
    }
  }
  return { pointer };
}
