/** The one shape of all commands, and how a command ends: 0 done, 1 diagnostics, 2 usage, 3 failure. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { type RenderOptions, renderDiagnostics } from '../diagnostic/render.ts';
import type { Terminal } from './terminal.ts';

export const exitCodes = { done: 0, diagnostics: 1, usage: 2, failure: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Keeps words for people that are told should the process end while they are kept: broken off by a second signal, or
   * by a crash. null says nothing. Answers what takes them back.
   */
  readonly onEnd: (words: () => string | null) => () => void;
}

/** Adds a command to the program. Its action answers how it ended. */
export type RegisterCommand = (program: Command, context: CommandContext, end: (code: ExitCode) => void) => void;

/** A diagnostic as `--json` shows it: one flat object, the same keys for every command. */
export function diagnosticJson(diagnostic: Diagnostic): Readonly<Record<string, unknown>> {
  const { code, severity, message, place, pointer, help, span } = diagnostic;
  return {
    code,
    severity,
    message,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    pointer: pointer ?? null,
    help: help ?? null,
    ...(place === undefined && span !== undefined && { span }),
  };
}

/**
 * Tells diagnostics: as JSON on stdout when asked, with `more` beside them, for people on stderr otherwise. Answers how
 * the command ends.
 */
export function tellDiagnostics(
  diagnostics: readonly Diagnostic[],
  terminal: Terminal,
  options: { readonly json?: boolean | undefined; readonly text?: RenderOptions['text']; readonly more?: object } = {},
): ExitCode {
  if (options.json === true) {
    terminal.print(JSON.stringify({ diagnostics: diagnostics.map(diagnosticJson), ...options.more }, null, 2));
  } else if (diagnostics.length > 0) {
    const text = options.text === undefined ? {} : { text: options.text };
    terminal.note(renderDiagnostics(diagnostics, { colour: terminal.colour, line: sourceLines(), ...text }));
  }
  return isUsable(diagnostics) ? exitCodes.done : exitCodes.diagnostics;
}

/** Lines of the files that diagnostics point into, each file read once. */
function sourceLines(): (file: string, line: number) => string | undefined {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = files.get(file) ?? readLines(file);
    files.set(file, lines);
    return lines[line - 1];
  };
}

/** A file that is gone by now, or never could be read, is shown without an excerpt. */
function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
