/** The terminal as commands use it: results on stdout, everything else on stderr, colours only where a person looks. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  /** Results: what a program may read. */
  print(text: string): void;
  /** Words for people: diagnostics, failures, notes. */
  note(text: string): void;
  /** Whether notes may be coloured. */
  readonly colour: boolean;
  /** Tells on stderr that something longer than a second is under way; answers what ends it. */
  progress(label: string): () => void;
  /** Asks a person and answers what was typed; null where nobody can be asked, or the signal aborts first. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
}

export interface TerminalStreams {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin?: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const progressAfterMs = 1_000;

/** https://no-color.org: any value of NO_COLOR turns colours off; FORCE_COLOR turns them on for a pipe. */
function wantsColour({ stderr, env }: TerminalStreams): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return stderr.isTTY === true && env['TERM'] !== 'dumb';
}

export function createTerminal(streams: TerminalStreams): Terminal {
  const { stdout, stderr, stdin } = streams;
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    colour: wantsColour(streams),
    progress(label) {
      const startedAt = Date.now();
      const tell = (): void => {
        const seconds = Math.round((Date.now() - startedAt) / 1_000);
        stderr.write(stderr.isTTY === true ? `\r${label} … ${seconds} s ` : `${label} … ${seconds} s\n`);
      };
      // On a terminal the line is rewritten; in a file it would pile up, so it is told once.
      const timer = stderr.isTTY === true ? setInterval(tell, progressAfterMs) : setTimeout(tell, progressAfterMs);
      timer.unref();
      return () => {
        clearTimeout(timer);
        if (stderr.isTTY === true && Date.now() - startedAt >= progressAfterMs) stderr.write('\r\u001b[K');
      };
    },
    async ask(question, signal) {
      if (stdin?.isTTY !== true || stderr.isTTY !== true) return null;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        // A terminal that is closed answers nothing.
        const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
        return await Promise.race([lines.question(question, { signal }), closed]);
      } catch (error) {
        if (signal.aborted) return null;
        throw error;
      } finally {
        lines.close();
      }
    },
  };
}
