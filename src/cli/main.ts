#!/usr/bin/env node
/** The command line. Wires the commands to the process: streams, signals, exit code. */
import { writeSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { Failure } from '../diagnostic/failure.ts';
import { renderFailure } from '../diagnostic/render.ts';
import { fileSystemFailure } from '../store/unavailable.ts';
import { type CommandContext, type ExitCode, exitCodes, type RegisterCommand } from './command.ts';
import { createTerminal } from './terminal.ts';
import { version } from './version.ts';

/** Each is loaded when it is called: a runtime need not carry the sandboxes. Help and mistakes need all of them. */
const commands: Readonly<Record<string, () => Promise<RegisterCommand>>> = {
  validate: async () => (await import('./validate.ts')).registerValidate,
  explain: async () => (await import('./explain.ts')).registerExplain,
  test: async () => (await import('./test.ts')).registerTest,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  poll: async () => (await import('./poll.ts')).registerPoll,
  serve: async () => (await import('./serve.ts')).registerServe,
  keys: async () => (await import('./keys.ts')).registerKeys,
  listen: async () => (await import('./listen.ts')).registerListen,
  demo: async () => (await import('./demo.ts')).registerDemo,
};

/** Commander's own endings that are no mistake: help and version that were asked for. */
const asked = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

async function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = new Command('anyhook')
    .description('Webhooks for every API: connectors as data, changes detected exactly once, signed events.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(add --help for the options and an example)')
    .addHelpText('after', '\nExit codes: 0 done, 1 diagnostics, 2 usage, 3 failure.\nExample:\n  $ anyhook demo');
  const called = Object.entries(commands).filter(([name]) => name === argv[2]);
  for (const [, load] of called.length > 0 ? called : Object.entries(commands)) {
    const register = await load();
    register(program, context, (ended) => (code = ended));
  }
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return asked.includes(error.code) ? exitCodes.done : exitCodes.usage;
    const failure = fileSystemFailure(error);
    if (!(failure instanceof Failure)) throw error;
    context.terminal.note(renderFailure(failure, context.terminal));
    return exitCodes.failure;
  }
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Always listened to: a second signal that comes while the first is worked on would end the process without a word.
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (stopping.signal.aborted) process.exit(exitCodes.failure);
    stopping.abort();
  });
}
// What a command has to say even if it is broken off, by a second signal or a crash: nothing asynchronous gets out then.
const lastWords = new Set<() => string | null>();
process.once('exit', () => {
  for (const words of lastWords) {
    const text = words();
    if (text !== null) writeLast(text);
  }
});

function writeLast(text: string): void {
  try {
    writeSync(process.stderr.fd, `${text}\n`);
  } catch {
    // Nobody is there to read it.
  }
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  process.stderr.write(`failure[store-unavailable]: The results cannot be written: ${error.message}.\n`);
  process.exit(exitCodes.failure);
});
// Whoever read the notes and the log is gone: the work itself goes on.
process.stderr.on('error', () => {});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv, {
  terminal: createTerminal({ stdin, stdout, stderr, env }),
  signal: stopping.signal,
  env,
  onEnd(words) {
    lastWords.add(words);
    return () => lastWords.delete(words);
  },
});
