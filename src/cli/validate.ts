/** `anyhook validate`: everything that is wrong with connectors and dialects, in one go. */
import { existsSync } from 'node:fs';
import { loadConnectors, packagedConnectors } from '../connector/load.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
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
    .summary('check connectors and the dialects they use')
    .description(
      'Checks connector definitions: their schema, every where, mapping, template and path in them, and the dialects ' +
        'they compile to. Every mistake comes with file, line, column and remedy.',
    )
    .argument('[paths...]', 'connector files, or folders of them (default: ./connectors, else those of anyhook)')
    .option('--strict', 'end with 1 for warnings too')
    .option('--json', 'print {"diagnostics": […]}')
    .addHelpText('after', '\nExample:\n  $ anyhook validate connectors/acme --json')
    .action(async (paths: readonly string[], options: ValidateOptions) => {
      const wanted = paths.length > 0 ? paths : [existsSync(customFolder) ? customFolder : packagedConnectors];
      const done = terminal.progress('Checking');
      const { connectors, diagnostics } = await loadConnectors(wanted);
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
        const [some, are] = connectors.size === 1 ? ['connector', 'is'] : ['connectors', 'are'];
        terminal.note(
          `${connectors.size} ${some} with ${objects} ${objects === 1 ? 'object' : 'objects'} ${are} sound.`,
        );
      }
      end(code);
    });
};
