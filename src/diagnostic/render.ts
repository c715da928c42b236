/** Diagnostics and failures as people read them in a terminal. Pure: the caller brings the source lines. */
import type { Diagnostic, Severity, Span } from './diagnostic.ts';
import type { Failure } from './failure.ts';

export interface RenderOptions {
  readonly colour: boolean;
  /** A line of a file, counted from 1; undefined when it is not at hand. */
  readonly line?: (file: string, line: number) => string | undefined;
  /** The text that spans without a place point into, and its name in the heading. */
  readonly text?: { readonly name: string; readonly source: string };
}

const paint: Readonly<Record<Severity | 'bold' | 'dim', string>> = {
  error: '31;1',
  warning: '33;1',
  hint: '36;1',
  bold: '1',
  dim: '2',
};

function painter(colour: boolean): (style: keyof typeof paint, text: string) => string {
  return (style, text) => (colour ? `\u001b[${paint[style]}m${text}\u001b[0m` : text);
}

/** The excerpt with carets below the marked part, in the manner of compilers. */
function excerpt(line: string, lineNumber: number | null, span: Span, style: (text: string) => string): string[] {
  const gutter = lineNumber === null ? '' : String(lineNumber);
  const pad = ' '.repeat(gutter.length);
  // Control characters would move the carets or the cursor; each is shown as one plain character.
  const shown = line.replace(/\t/g, ' ').replace(/\p{Cc}/gu, '·');
  const width = Math.max(1, Math.min(span.end, shown.length) - span.start);
  return [` ${pad} |`, ` ${gutter} | ${shown}`, ` ${pad} | ${' '.repeat(span.start)}${style('^'.repeat(width))}`];
}

/** Long one-line texts are cut around the span, so that the marked part stays on the screen. */
function around(line: string, span: Span): { line: string; span: Span } {
  const margin = 60;
  if (line.length <= 160) return { line, span };
  const start = Math.max(0, span.start - margin);
  const end = Math.min(line.length, Math.max(span.end, span.start + 1) + margin);
  const lead = start > 0 ? '…' : '';
  return {
    line: `${lead}${line.slice(start, end)}${end < line.length ? '…' : ''}`,
    span: { start: span.start - start + lead.length, end: Math.min(span.end, end) - start + lead.length },
  };
}

/** The line of a text that an offset stands in, with the span relative to that line. */
function lineOfText(source: string, span: Span): { line: string; number: number; span: Span } {
  const before = source.slice(0, span.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.indexOf('\n', span.start);
  const line = source.slice(lineStart, lineEnd < 0 ? source.length : lineEnd);
  return {
    line,
    number: before.split('\n').length,
    span: { start: span.start - lineStart, end: Math.min(span.end, lineStart + line.length) - lineStart },
  };
}

function excerptOf(diagnostic: Diagnostic, options: RenderOptions, style: (text: string) => string): string[] {
  const { place, span } = diagnostic;
  if (place !== undefined) {
    const line = place.hasSecrets === true ? undefined : options.line?.(place.file, place.line);
    if (line === undefined) return [];
    const end = place.endLine === place.line && place.endColumn !== undefined ? place.endColumn - 1 : place.column;
    const cut = around(line, { start: place.column - 1, end: Math.max(end, place.column) });
    return excerpt(cut.line, place.line, cut.span, style);
  }
  if (span === undefined || options.text === undefined) return [];
  const found = lineOfText(options.text.source, span);
  const cut = around(found.line, found.span);
  return excerpt(cut.line, null, cut.span, style);
}

function heading(diagnostic: Diagnostic, options: RenderOptions): string | null {
  const { place, span } = diagnostic;
  if (place !== undefined) return `${place.file}:${place.line}:${place.column}`;
  if (span === undefined || options.text === undefined) return diagnostic.pointer ?? null;
  const found = lineOfText(options.text.source, span);
  return `${options.text.name}:${found.number}:${found.span.start + 1}`;
}

/** One diagnostic as lines of text: what, where, the excerpt, the remedy. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const style = painter(options.colour);
  const mark = (text: string): string => style(diagnostic.severity, text);
  const where = heading(diagnostic, options);
  return [
    `${mark(`${diagnostic.severity}[${diagnostic.code}]`)}${style('bold', `: ${diagnostic.message}`)}`,
    ...(where === null ? [] : [`  ${style('dim', '-->')} ${where}`]),
    ...excerptOf(diagnostic, options, mark),
    ...(diagnostic.help === undefined ? [] : [`  ${style('dim', '=')} help: ${diagnostic.help}`]),
  ].join('\n');
}

/** Several diagnostics and a closing count. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const count = (severity: Severity, word: string): string[] => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  };
  const counts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('hint', 'hint')].join(', ');
  return [...diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)), counts]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** A failure as lines of text. */
export function renderFailure(failure: Failure, options: Pick<RenderOptions, 'colour'>): string {
  const style = painter(options.colour);
  return [
    `${style('error', `failure[${failure.code}]`)}${style('bold', `: ${failure.message}`)}`,
    ...(failure.help === undefined ? [] : [`  ${style('dim', '=')} help: ${failure.help}`]),
  ].join('\n');
}
