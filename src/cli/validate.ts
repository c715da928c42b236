/** `anyhook validate`: everything that is wrong with connectors and dialects, in one go. */
import { existsSync } from 'node:fs';
import { dialectFiles } from '../connector/dialect-files.ts';
import { loadConnectors, loadDialectFiles, packagedConnectors } from '../connector/load.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { type RegisterCommand, tellDiagnostics } from './command.ts';

interface ValidateOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Where connectors stand in a project by custom. */
const customFolder = 'connectors';

export const registerValidate: RegisterCommand = (program, { terminal }, end) => {
  program
    .command('validate')
    .summary('check connectors and dialects')
    .description(
      'Checks connector definitions: their schema, every where, mapping, template and path in them, and the dialects ' +
        'they compile to. A dialect is checked by itself too. Every mistake comes with file, line, column and remedy.',
    )
    .argument(
      '[paths...]',
      'files of connectors or dialects, or folders of them (default: ./connectors, else those of anyhook)',
    )
    .option('--strict', 'end with 1 for warnings too')
    .option('--json', 'print {"diagnostics": […]}')
    .addHelpText('after', '\nExample:\n  $ anyhook validate connectors/acme --json')
    .action(async (paths: readonly string[], options: ValidateOptions) => {
      const wanted = paths.length > 0 ? paths : [existsSync(customFolder) ? customFolder : packagedConnectors];
      const done = terminal.progress('Checking');
      const { connectors, dialects, diagnostics } = await load(wanted);
      done();
      const judged =
        options.strict === true
          ? diagnostics.map((found) =>
              found.severity === 'warning' ? { ...found, severity: 'error' as const } : found,
            )
          : diagnostics;
      const code = tellDiagnostics(judged, terminal, { json: options.json });
      if (options.json !== true && isUsable(judged)) {
        const objects = [...connectors.values()].reduce((sum, connector) => sum + connector.objects.size, 0);
        const told = [
          ...(dialects === 0 || connectors.size > 0
            ? [`${count(connectors.size, 'connector')} with ${count(objects, 'object')}`]
            : []),
          ...(dialects > 0 ? [count(dialects, 'dialect')] : []),
        ];
        terminal.note(`${told.join(' and ')} ${connectors.size + dialects === 1 ? 'is' : 'are'} sound.`);
      }
      end(code);
    });
};

interface Loaded {
  readonly connectors: Awaited<ReturnType<typeof loadConnectors>>['connectors'];
  /** How many were checked by themselves. */
  readonly dialects: number;
  readonly diagnostics: readonly Diagnostic[];
}

async function load(paths: readonly string[]): Promise<Loaded> {
  const named = await Promise.all(paths.map(async (each) => ({ each, files: await dialectFiles(each) })));
  const dialects = await loadDialectFiles(named.flatMap(({ files }) => files));
  const rest = named.filter(({ files }) => files.length === 0).map(({ each }) => each);
  const { connectors, diagnostics } =
    rest.length > 0 ? await loadConnectors(rest) : { connectors: new Map(), diagnostics: [] };
  return { connectors, dialects: dialects.dialects.size, diagnostics: [...dialects.diagnostics, ...diagnostics] };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
