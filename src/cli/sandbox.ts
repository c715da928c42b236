/** `anyhook sandbox`: faithful local simulators of vendors. */
import path from 'node:path';
import { type Sandbox, startSandbox, vendors } from '../sandbox/sandbox.ts';
import { exitCodes, type RegisterCommand, tellDiagnostics } from './command.ts';
import { parsePort } from './option-values.ts';
import { untilAborted } from './until-aborted.ts';

interface SandboxCommandOptions {
  readonly port: number;
  readonly data?: string;
  readonly json?: boolean;
}

export const registerSandbox: RegisterCommand = (program, { terminal, signal }, end) => {
  program
    .command('sandbox')
    .summary('start local simulators of vendors')
    .description(
      `Starts local simulators of vendors: ${vendors.join(', ')}, or all.\n` +
        'Their records live in one JSON file each: edit the file, or post to /_sandbox/records, and that is a change.',
    )
    .argument('<vendors...>', 'which vendors to simulate, or "all"')
    .option('--port <port>', 'port of the first; the others follow; 0 takes free ones', parsePort, 4700)
    .option('--data <dir>', 'folder of the record files; without it records live in memory')
    .option('--json', 'print the addresses as JSON')
    .addHelpText('after', `\nExample:\n  $ anyhook sandbox ${vendors.join(' ')} --port 4700 --data ./sandbox-data`)
    .action(async (asked: readonly string[], options: SandboxCommandOptions) => {
      const wanted = asked.includes('all') ? vendors : [...new Set(asked)];
      const unknown = wanted.filter((vendor) => !vendors.includes(vendor));
      if (unknown.length > 0) {
        tellDiagnostics(
          unknown.map((vendor) => ({
            code: 'usage',
            severity: 'error',
            message: `There is no sandbox of "${vendor}".`,
            help: `Sandboxes: ${vendors.join(', ')}.`,
          })),
          terminal,
        );
        return end(exitCodes.usage);
      }
      const sandboxes = await startSandboxes(wanted, options);
      if (options.json === true) {
        terminal.print(
          JSON.stringify({
            sandboxes: sandboxes.map(({ vendor, origin, credentials }) => ({ vendor, origin, credentials })),
          }),
        );
      } else {
        for (const { vendor, origin } of sandboxes) terminal.print(`${vendor.padEnd(12)} ${origin}`);
      }
      terminal.note('Ctrl-C stops');
      await untilAborted(signal);
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
      end(exitCodes.done);
    });
};

/** Starts one after the other; when one fails, those that run are closed first. */
export async function startSandboxes(
  wanted: readonly string[],
  options: { readonly port: number; readonly data?: string },
): Promise<readonly Sandbox[]> {
  const sandboxes: Sandbox[] = [];
  try {
    for (const [index, vendor] of wanted.entries()) {
      const file = options.data === undefined ? {} : { file: path.join(options.data, `${vendor}.json`) };
      sandboxes.push(
        await startSandbox({ vendor, port: options.port === 0 ? 0 : options.port + index, ownRates: true, ...file }),
      );
    }
  } catch (error) {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    throw error;
  }
  return sandboxes;
}
